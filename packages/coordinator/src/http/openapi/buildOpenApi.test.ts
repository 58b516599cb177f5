import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createServer } from '../createServer.ts'
import { auditorRoutes } from '../routes/auditorRoutes.ts'
import { authRoutes } from '../routes/authRoutes.ts'
import { escrowRoutes } from '../routes/escrowRoutes.ts'
import { eventRoutes } from '../routes/eventRoutes.ts'
import { healthRoutes } from '../routes/healthRoutes.ts'
import { metricsRoutes } from '../routes/metricsRoutes.ts'
import { openApiRoutes } from '../routes/openApiRoutes.ts'
import { publicRoutes } from '../routes/publicRoutes.ts'
import { taskRoutes } from '../routes/taskRoutes.ts'
import { buildOpenApi } from './buildOpenApi.ts'

/** Routes are declared without being asked: nothing behind them is touched. */
const none = {} as never

it('describes the routes that the server has, and no other', async () => {
  const server = createServer(pino({ level: 'silent' }))
  const routes: string[] = []
  server.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') routes.push(`${String(method)} ${url.replace(/:(\w+)/g, '{$1}')}`)
  })
  healthRoutes(server, none)
  metricsRoutes(server, none)
  openApiRoutes(server)
  for (const add of [publicRoutes, authRoutes, escrowRoutes, auditorRoutes, taskRoutes, eventRoutes]) add(server, none)
  await server.ready()
  const { paths } = buildOpenApi() as { paths: Record<string, object> }
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.toSorted()).toEqual(routes.toSorted())
})

it('refers to nothing that is not there, and names every parameter of a path', () => {
  const description = buildOpenApi() as {
    paths: Record<string, Record<string, { parameters: { name: string; in: string }[] }>>
    components: { schemas: Record<string, object> }
  }
  const refs = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
  const used = new Set(refs.map(([, name = '']) => name))
  expect([...used].filter((name) => !Object.hasOwn(description.components.schemas, name))).toEqual([])
  expect(JSON.stringify(description)).not.toMatch(/"\$(?:id|schema)"/)
  for (const [path, operations] of Object.entries(description.paths)) {
    const expected = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const { parameters } of Object.values(operations)) {
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(expected)
    }
  }
})
