/** A refusal in toncenter's shape: an HTTP status and a sentence. */
export class ToncenterError extends Error {
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ToncenterError'
    this.status = status
  }
}

/** Parameters that are missing or make no sense. */
export const unprocessable = (message: string): ToncenterError => new ToncenterError(422, message)

export const notFound = (message: string): ToncenterError => new ToncenterError(404, message)

/** What toncenter's node answered. */
export const nodeError = (message: string): ToncenterError => new ToncenterError(500, `LITE_SERVER_UNKNOWN: ${message}`)
