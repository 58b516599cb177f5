/** @returns whether this names a PostgreSQL server rather than a folder */
export const isDatabaseUrl = (location: string): boolean => /^postgres(?:ql)?:\/\//.test(location)

/** @returns the URL for people and logs: without password and parameters */
export const hidePassword = (databaseUrl: string): string => {
  const url = URL.parse(databaseUrl)
  // A password that is not percent-encoded may have been taken for another part.
  if (url === null || url.hash !== '' || url.pathname.includes('@') || url.search.includes('@')) return 'postgres://…'
  url.password = ''
  url.search = ''
  return url.href
}
