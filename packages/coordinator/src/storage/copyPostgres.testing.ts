import { randomBytes } from 'node:crypto'
import pg from 'pg'

const administrate = async (databaseUrl: string, statement: (name: string) => string): Promise<void> => {
  const url = new URL(databaseUrl)
  const name = url.pathname.slice(1)
  url.pathname = '/postgres'
  const client = new pg.Client(url.href)
  await client.connect()
  try {
    await client.query(statement(name))
  } finally {
    await client.end()
  }
}

/** @returns the URL of a new database that is like this one, to which nobody may be connected */
export const copyPostgres = async (templateUrl: string): Promise<string> => {
  const name = `copy_${randomBytes(8).toString('hex')}`
  await administrate(templateUrl, (template) => `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = new URL(templateUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Deletes a database, whoever uses it. */
export const dropPostgres = (databaseUrl: string): Promise<void> =>
  administrate(databaseUrl, (name) => `DROP DATABASE ${name} WITH (FORCE)`)
