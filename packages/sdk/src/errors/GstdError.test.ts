import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { codes } from './codes.ts'
import { parseWith } from './fromZodError.ts'
import { GstdError } from './GstdError.ts'
import { reviveError, toGstdError } from './toGstdError.ts'

describe('GstdError', () => {
  it.each(Object.keys(codes) as (keyof typeof codes)[])('%s travels as a document and comes back', (code) => {
    const error = new GstdError(code, 'what happened', { details: { path: 'a.b' }, hint: 'do this' })
    const document: unknown = JSON.parse(JSON.stringify(error.toDocument('request-7')))
    expect(document).toEqual({
      code,
      message: 'what happened',
      details: { path: 'a.b' },
      hint: 'do this',
      request_id: 'request-7',
    })
    const revived = reviveError(document)
    expect(revived).toBeInstanceOf(GstdError)
    expect(revived).toMatchObject({ code, message: error.message, hint: error.hint, fault: error.fault })
    expect(revived.details).toEqual({ path: 'a.b', request_id: 'request-7' })
  })

  it('leaves stack and cause at home', () => {
    const error = new GstdError('INTERNAL_ERROR', 'broke', { cause: new Error('a secret path') })
    expect(error.cause).toBeInstanceOf(Error)
    expect(error.toDocument()).toEqual({ code: 'INTERNAL_ERROR', message: 'broke' })
  })
})

describe('reviveError', () => {
  it('keeps an unknown code in the message', () => {
    expect(reviveError({ code: 'FUTURE_CODE', message: 'm', details: { a: 1 } })).toMatchObject({
      code: 'PEER_ERROR',
      message: 'FUTURE_CODE: m',
      details: { a: 1 },
    })
  })

  it.each([undefined, null, 'text', {}, { code: 7, message: 'm' }, { code: 'TASK_UNKNOWN' }])(
    'makes an error of the peer’s of %j',
    (document) => {
      expect(reviveError(document).code).toBe('PEER_ERROR')
    },
  )

  it.each(['constructor', '__proto__', 'toString'])('takes %s for no code', (code) => {
    expect(reviveError({ code, message: 'm' }).code).toBe('PEER_ERROR')
  })
})

describe('toGstdError', () => {
  it('passes its own on and wraps the rest', () => {
    const error = new GstdError('TASK_UNKNOWN', 'm')
    expect(toGstdError(error)).toBe(error)
    const cause = new TypeError('x is undefined')
    expect(toGstdError(cause)).toMatchObject({ code: 'INTERNAL_ERROR', message: 'x is undefined', cause })
    expect(toGstdError('thrown text')).toMatchObject({ code: 'INTERNAL_ERROR', message: 'thrown text' })
  })
})

describe('parseWith', () => {
  const schema = z.strictObject({ a: z.strictObject({ b: z.number() }), list: z.array(z.number()) })

  it('names the path of what is wrong, unknown fields too', () => {
    const path = (value: unknown): unknown => {
      try {
        return parseWith(schema, value, 'CONFIG_INVALID', 'the thing')
      } catch (thrown) {
        return thrown instanceof GstdError ? thrown.details['path'] : thrown
      }
    }
    expect(path({ a: { b: 'x' }, list: [] })).toBe('a.b')
    expect(path({ a: { b: 1, c: 2 }, list: [] })).toBe('a.c')
    expect(path({ a: { b: 1 }, list: [1, 'x'] })).toBe('list.1')
    expect(path(undefined)).toBe('')
    expect(path({ a: { b: 1 }, list: [] })).toEqual({ a: { b: 1 }, list: [] })
  })

  it('lists a hostile document’s issues up to a bound', () => {
    const list = Array.from({ length: 1000 }, () => 'x')
    expect(() => parseWith(schema, { a: { b: 1 }, list }, 'CONFIG_INVALID', 'the thing')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ issues: expect.objectContaining({ length: 8 }) }) }),
    )
  })
})
