import pg from 'pg'

const INT8 = 20
const INT8_ARRAY = 1016

type Parse = (text: string) => unknown
const standard = pg.types.getTypeParser as (oid: number, format?: 'text' | 'binary') => Parse

/** The embedded database's way: a number where it is exact. */
const parseInt8: Parse = (text) => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

const parseInt8Array: Parse = (text) => {
  const items = standard(INT8_ARRAY)(text) as (string | null)[]
  return items.map((item) => (item === null ? null : parseInt8(item)))
}

/** Values as the port promises them: int8 as numbers, `numeric` as strings, JSON parsed. */
export const postgresTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return parseInt8
    if (oid === INT8_ARRAY) return parseInt8Array
    return standard(oid, format)
  },
}
