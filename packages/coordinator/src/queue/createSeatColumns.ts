/** The numbers of waiting seats, a column for each: 40 bytes for a seat, and nothing to collect. */
export type SeatColumns = Record<
  'id' | 'standing' | 'deadlineMs' | 'receivedAtMs' | 'untilMs',
  Float64Array<ArrayBuffer>
>

/** @returns columns of a length; they take over what others hold, which can be used no more */
export const createSeatColumns = (length: number, from?: SeatColumns): SeatColumns => {
  const bytes = length * Float64Array.BYTES_PER_ELEMENT
  const column = (name: keyof SeatColumns) =>
    new Float64Array(from === undefined ? new ArrayBuffer(bytes) : from[name].buffer.transfer(bytes))
  return {
    id: column('id'),
    standing: column('standing'),
    deadlineMs: column('deadlineMs'),
    receivedAtMs: column('receivedAtMs'),
    untilMs: column('untilMs'),
  }
}
