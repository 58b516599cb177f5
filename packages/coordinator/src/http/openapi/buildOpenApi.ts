import { z } from 'zod'
import { type DescribedRoute, describedRoutes, type OtherBody, type RouteAuth } from './describedRoutes.ts'
import { namedSchemas, type SchemaName } from './namedSchemas.ts'

type Json = Record<string, unknown>

const SESSION = { session: [] }
const security: Record<RouteAuth, Json[]> = {
  anybody: [],
  reader: [SESSION, { token: [] }],
  session: [SESSION],
  auditor: [{ auditor: [] }],
}

const refTo = (name: string): string => `#/components/schemas/${name}`

const contentOf = (body: SchemaName | OtherBody): Json => {
  if (body === 'bytes') return { 'application/octet-stream': {} }
  if (body === 'text') return { 'text/plain': { schema: { type: 'string' } } }
  if (body === 'events') return { 'text/event-stream': { schema: { type: 'string' } } }
  return { 'application/json': { schema: { $ref: refTo(body) } } }
}

const parametersOf = (where: 'path' | 'query', schema: z.ZodObject | undefined): Json[] => {
  if (schema === undefined) return []
  // Texts become numbers on the way in: what is documented is what comes out.
  const { properties = {} } = z.toJSONSchema(schema, { io: 'output' })
  return Object.entries(properties).map(([name, of]) => ({ name, in: where, required: where === 'path', schema: of }))
}

const operationOf = ({ summary, auth, params, query, body, answers }: DescribedRoute): Json => {
  const given = Object.entries(answers).map(([status, answer]): [string, Json] => [
    status,
    { description: Number(status) < 300 ? 'Done' : 'Not now', content: contentOf(answer) },
  ])
  const refused = { description: 'An error, with the status of its code', content: contentOf('Error') }
  return {
    summary,
    security: security[auth],
    parameters: [...parametersOf('path', params), ...parametersOf('query', query)],
    ...(body !== undefined && { requestBody: { required: true, content: contentOf(body) } }),
    responses: { ...Object.fromEntries(given), default: refused },
  }
}

const componentsOf = (): Json => {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: refTo })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  )
}

/**
 * Describes the HTTP API in OpenAPI 3.1, from the schemas that check requests and answers. The connection of devices, a
 * WebSocket, is not part of it.
 */
export const buildOpenApi = (): Json => {
  const paths: Record<string, Json> = {}
  for (const route of describedRoutes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operationOf(route) }
  }
  const header = (description: string): Json => ({ type: 'apiKey', in: 'header', name: 'authorization', description })
  return {
    openapi: '3.1.0',
    info: { title: 'GSTD coordinator', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    paths,
    components: {
      schemas: componentsOf(),
      securitySchemes: {
        session: header('GSTD-Session and a signature of the session key over method, path and time'),
        auditor: header('GSTD-Session and a signature of the auditor’s key over method, path and time'),
        token: { type: 'http', scheme: 'bearer', description: 'Of POST /api/v1/auth/ton-proof' },
      },
    },
  }
}
