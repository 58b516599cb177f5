import { GstdError, limits, toGstdError } from '@gstd/sdk'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'

/** @returns the request's body as bytes. */
export const bodyBytes = (request: FastifyRequest): Uint8Array =>
  request.body instanceof Uint8Array ? request.body : new Uint8Array()

/**
 * Parses the request's body as JSON.
 *
 * @throws GstdError `DOCUMENT_MALFORMED`
 */
export const bodyJson = (request: FastifyRequest): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bodyBytes(request)))
  } catch (cause) {
    throw new GstdError('DOCUMENT_MALFORMED', 'the body is not JSON in UTF-8', { cause })
  }
}

/** What Fastify itself refuses, in the project's codes. */
const fromFastify = (thrown: unknown): GstdError => {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new GstdError('DOCUMENT_TOO_LARGE', 'the body is over the limit', { cause: thrown })
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new GstdError('DOCUMENT_MALFORMED', 'the body must be application/json or application/octet-stream')
  }
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return new GstdError('ROUTE_UNKNOWN', 'the address cannot be read', { cause: thrown })
  }
  if (code.startsWith('FST_ERR_CTP'))
    return new GstdError('DOCUMENT_MALFORMED', 'the body cannot be read', { cause: thrown })
  return toGstdError(thrown)
}

const UNAVAILABLE = 503
/** What is away for now is asked again after so long. */
export const RETRY_AFTER_SEC = 5

const answerError = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  const error = fromFastify(thrown)
  if (error.code === 'INTERNAL_ERROR') request.log.error({ err: thrown }, 'request failed')
  if (error.httpStatus === UNAVAILABLE) void reply.header('retry-after', RETRY_AFTER_SEC)
  void reply.status(error.httpStatus).send(error.toDocument(request.id))
}

/** Builds the HTTP server without its routes: bodies arrive as bytes, every failure leaves as an error document. */
export const createServer = (logger: Logger): FastifyInstance => {
  const quiet: FastifyBaseLogger = logger.child({}, { level: 'warn' })
  const server = Fastify({
    loggerInstance: quiet,
    bodyLimit: limits.batchBytes,
    genReqId: () => crypto.randomUUID(),
    return503OnClosing: false,
    frameworkErrors: answerError,
  })
  server.removeAllContentTypeParsers()
  for (const type of ['application/json', 'application/octet-stream']) {
    server.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  }
  server.setErrorHandler(answerError)
  server.setNotFoundHandler((request, reply) => {
    const error = new GstdError('ROUTE_UNKNOWN', `there is no ${request.method} ${request.url.split('?')[0]}`)
    return reply.status(error.httpStatus).send(error.toDocument(request.id))
  })
  return server
}
