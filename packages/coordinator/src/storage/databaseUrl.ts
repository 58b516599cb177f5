/** @returns whether this names a PostgreSQL server rather than a folder */
export const isDatabaseUrl = (location: string): boolean => /^postgres(?:ql)?:\/\//.test(location)

/** @returns the URL for people and logs: without password and parameters */
export const hidePassword = (databaseUrl: string): string => {
  const url = URL.parse(databaseUrl)
  if (url === null) return 'postgres://…'
  url.password = ''
  url.search = ''
  return url.href
}
