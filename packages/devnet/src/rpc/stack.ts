import { Cell, parseTuple, type TupleItem } from '@ton/core'
import { z } from 'zod'
import { ToncenterError, unprocessable } from './toncenterError.ts'

/** Entries that a client gives a get-method: `["num", "0x1f"]`, `["tvm.Cell", "te6…"]`. */
export const stackParameter = z
  .array(z.tuple([z.string(), z.unknown()]))
  .max(255)
  .default([])

const NUMBER = /^(-?)(0x[0-9a-f]+|\d+)$/i
const LIMIT = 2n ** 256n

const parseNumber = (value: unknown): bigint => {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? value.toString() : ''
  const [, sign, digits] = NUMBER.exec(text) ?? []
  if (digits === undefined || digits.length > 80) throw unprocessable('stack: failed to parse number')
  const number = sign === '-' ? -BigInt(digits) : BigInt(digits)
  if (number >= LIMIT || number < -LIMIT) throw unprocessable('stack: number does not fit in 257 bits')
  return number
}

const parseCell = (value: unknown): Cell => {
  try {
    const parsed = z.union([z.string(), z.object({ bytes: z.string() }).transform(({ bytes }) => bytes)]).parse(value)
    return Cell.fromBase64(parsed)
  } catch {
    throw unprocessable('stack: failed to parse boc')
  }
}

/**
 * Reads one entry.
 *
 * @throws ToncenterError
 */
export const parseStackEntry = ([type, value]: readonly [string, unknown]): TupleItem => {
  switch (type) {
    case 'num':
    case 'int':
      return { type: 'int', value: parseNumber(value) }
    case 'cell':
    case 'tvm.Cell':
      return { type: 'cell', cell: parseCell(value) }
    case 'slice':
    case 'tvm.Slice':
      return { type: 'slice', cell: parseCell(value) }
    case 'builder':
    case 'tvm.Builder':
      return { type: 'builder', cell: parseCell(value) }
    case 'null':
      return { type: 'null' }
    default:
      throw unprocessable(`stack: unsupported type ${type}`)
  }
}

const bytesOf = (cell: Cell): string => cell.toBoc().toString('base64')
const emptyList = { '@type': 'tvm.list', elements: [] }

const unsupported = (type: string): ToncenterError => new ToncenterError(542, `unsupported stack type ${type}`)

/** An entry inside a tuple, in tonlib's form. */
const showElement = (item: TupleItem): unknown => {
  switch (item.type) {
    case 'int':
      return {
        '@type': 'tvm.stackEntryNumber',
        number: { '@type': 'tvm.numberDecimal', number: item.value.toString() },
      }
    case 'cell':
      return { '@type': 'tvm.stackEntryCell', cell: { '@type': 'tvm.cell', bytes: bytesOf(item.cell) } }
    case 'slice':
      return { '@type': 'tvm.stackEntrySlice', slice: { '@type': 'tvm.slice', bytes: bytesOf(item.cell) } }
    case 'tuple':
      return {
        '@type': 'tvm.stackEntryTuple',
        tuple: { '@type': 'tvm.tuple', elements: item.items.map(showElement) },
      }
    case 'null':
      return { '@type': 'tvm.stackEntryList', list: emptyList }
    case 'nan':
    case 'builder':
      throw unsupported(item.type)
    default:
      throw unsupported((item satisfies never as TupleItem).type)
  }
}

/**
 * Shows one entry of a get-method's answer as toncenter does.
 *
 * @throws ToncenterError 542 for what its dialect has no word for
 */
export const showStackEntry = (item: TupleItem): [string, unknown] => {
  switch (item.type) {
    case 'int':
      return ['num', `${item.value < 0n ? '-' : ''}0x${(item.value < 0n ? -item.value : item.value).toString(16)}`]
    case 'cell':
    case 'slice':
    case 'builder':
      return [item.type, { bytes: bytesOf(item.cell) }]
    case 'tuple':
      return ['tuple', { '@type': 'tvm.tuple', elements: item.items.map(showElement) }]
    case 'null':
      return ['list', emptyList]
    case 'nan':
      throw unsupported(item.type)
    default:
      throw unsupported((item satisfies never as TupleItem).type)
  }
}

const itemsOf = (stack: Cell): TupleItem[] => {
  try {
    return parseTuple(stack)
  } catch (cause) {
    // The library knows no continuations either.
    throw new ToncenterError(542, 'unsupported stack type', { cause })
  }
}

/**
 * Shows a get-method's answer.
 *
 * @param stack - a `VmStack`
 * @throws ToncenterError 542 for what the dialect has no word for
 */
export const showStack = (stack: Cell): [string, unknown][] => itemsOf(stack).map(showStackEntry)
