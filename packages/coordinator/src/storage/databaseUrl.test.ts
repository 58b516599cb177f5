import { expect, it } from 'vitest'
import { hidePassword, isDatabaseUrl } from './databaseUrl.ts'

it('tells servers from folders', () => {
  expect(['postgres://h/d', 'postgresql:///d'].map(isDatabaseUrl)).toEqual([true, true])
  expect(['postgres', './postgres:', '/var/lib/gstd'].map(isDatabaseUrl)).toEqual([false, false, false])
})

it.each([
  ['postgres://gstd:secret@db.example:5433/gstd?sslmode=verify-full', 'postgres://gstd@db.example:5433/gstd'],
  ['postgres://gstd@db.example/gstd?password=secret', 'postgres://gstd@db.example/gstd'],
  ['postgres:///gstd?host=/run/postgresql', 'postgres:///gstd'],
  ['postgres://gstd:12#secret@db.example/gstd', 'postgres://…'],
  ['postgres://gstd:12/secret@db.example/gstd', 'postgres://…'],
  ['postgres://gstd:12?secret@db.example/gstd', 'postgres://…'],
  ['postgres://gstd:a b:secret', 'postgres://…'],
])('shows %s as %s', (databaseUrl, shown) => {
  expect(hidePassword(databaseUrl)).toBe(shown)
})
