/** How much of the log, and of what the auditor has signed of it, somebody has been told. */
export type Cursor = { logSize: number; headSize: number }

/** @returns a cursor as the `id` of an event */
export const writeCursor = ({ logSize, headSize }: Cursor): string => `${logSize}-${headSize}`

/** @returns undefined for what is no cursor */
export const readCursor = (text: string | undefined): Cursor | undefined => {
  const [, logSize, headSize] = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '') ?? []
  return logSize === undefined ? undefined : { logSize: Number(logSize), headSize: Number(headSize) }
}
