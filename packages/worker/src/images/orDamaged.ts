import { ItemFailure } from './ItemFailure.ts'

/**
 * Runs a decoder and turns whatever it throws into one fixed failure: a decoder's own words are no part of a result.
 * Lack of memory is no property of the input and passes through.
 *
 * @throws ItemFailure `ITEM_UNDECODABLE`
 */
export const orDamaged = <Result>(format: 'JPEG' | 'PNG', decode: () => Result): Result => {
  try {
    return decode()
  } catch (error) {
    if (error instanceof ItemFailure) throw error
    if (error instanceof Error && /allocat/i.test(error.message)) throw error
    throw new ItemFailure('ITEM_UNDECODABLE', `the ${format} image is damaged or of an unsupported kind`)
  }
}
