import type { ItemError } from '@gstd/sdk'

/** Why one item has no output. The sentence is part of the result, so it must be the same on every device. */
export class ItemFailure extends Error {
  readonly code: ItemError['error']['code']

  constructor(code: ItemError['error']['code'], message: string) {
    super(message)
    this.name = 'ItemFailure'
    this.code = code
  }
}
