import type { z } from 'zod'
import { evidenceTaskSchema } from '../routes/auditorRoutes.ts'
import { escrowOwnerSchema } from '../routes/escrowRoutes.ts'
import { blobHashSchema, epochFilterSchema, logRangeSchema } from '../routes/publicRoutes.ts'
import { taskFilterSchema, taskIdSchema } from '../routes/taskRoutes.ts'
import type { SchemaName } from './namedSchemas.ts'

/** Who may ask: `reader` is a session key or a wallet's token, `session` the key alone. */
export type RouteAuth = 'anybody' | 'reader' | 'session' | 'auditor'

/** A body that is not JSON. */
export type OtherBody = 'bytes' | 'text' | 'events'

export type DescribedRoute = {
  method: 'get' | 'put' | 'post' | 'delete'
  /** As Fastify has it, with `:name` for parameters. */
  path: string
  summary: string
  auth: RouteAuth
  params?: z.ZodObject
  query?: z.ZodObject
  body?: SchemaName | OtherBody
  /** By status. Every other status is an error document. */
  answers: Record<number, SchemaName | OtherBody>
}

const task = '/api/v1/tasks/:task_id'
const blob = '/api/v1/blobs/:sha256'

/** Every route of the HTTP API, with the schemas that check what comes and say what goes. */
export const describedRoutes: readonly DescribedRoute[] = [
  { method: 'get', path: '/healthz', summary: 'The process serves', auth: 'anybody', answers: { 200: 'Health' } },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether tasks are taken',
    auth: 'anybody',
    answers: { 200: 'Readiness', 503: 'Readiness' },
  },
  { method: 'get', path: '/metrics', summary: 'Prometheus metrics', auth: 'anybody', answers: { 200: 'text' } },
  { method: 'get', path: '/openapi.json', summary: 'This document', auth: 'anybody', answers: { 200: 'OpenApi' } },
  {
    method: 'get',
    path: '/api/v1/parameters',
    summary: 'Parameters of the network, signed',
    auth: 'anybody',
    answers: { 200: 'Parameters' },
  },
  {
    method: 'get',
    path: '/api/v1/log',
    summary: 'Entries of the log',
    auth: 'anybody',
    query: logRangeSchema,
    answers: { 200: 'LogPage' },
  },
  {
    method: 'get',
    path: '/api/v1/log/head',
    summary: 'The newest head that the auditor has signed',
    auth: 'anybody',
    answers: { 200: 'LogHead' },
  },
  {
    method: 'get',
    path: '/api/v1/epochs',
    summary: 'Paid epochs, the newest first',
    auth: 'anybody',
    query: epochFilterSchema,
    answers: { 200: 'EpochList' },
  },
  {
    method: 'post',
    path: '/api/v1/auth/challenge',
    summary: 'A challenge for a wallet to sign',
    auth: 'anybody',
    answers: { 200: 'Challenge' },
  },
  {
    method: 'post',
    path: '/api/v1/auth/ton-proof',
    summary: 'A token for reading, for a wallet’s proof',
    auth: 'anybody',
    body: 'WalletProof',
    answers: { 200: 'ReadToken' },
  },
  {
    method: 'put',
    path: blob,
    summary: 'Spool an input',
    auth: 'session',
    params: blobHashSchema,
    body: 'bytes',
    answers: { 201: 'SpooledBlob' },
  },
  {
    method: 'get',
    path: blob,
    summary: 'A spooled input',
    auth: 'anybody',
    params: blobHashSchema,
    answers: { 200: 'bytes' },
  },
  {
    method: 'post',
    path: '/api/v1/tasks',
    summary: 'Submit tasks: signed by the batch itself',
    auth: 'anybody',
    body: 'Submission',
    answers: { 202: 'SubmissionOutcomes', 207: 'SubmissionOutcomes' },
  },
  {
    method: 'get',
    path: '/api/v1/tasks',
    summary: 'The requester’s tasks, the latest first',
    auth: 'reader',
    query: taskFilterSchema,
    answers: { 200: 'TaskList' },
  },
  {
    method: 'post',
    path: '/api/v1/tasks/wait',
    summary: 'Tasks whose status is another than the known one, as soon as there are any',
    auth: 'reader',
    body: 'TaskWait',
    answers: { 200: 'TaskList' },
  },
  {
    method: 'get',
    path: '/api/v1/tasks/events',
    summary: 'Changes of the requester’s tasks as server-sent events; resumed with Last-Event-ID',
    auth: 'reader',
    answers: { 200: 'events' },
  },
  { method: 'get', path: task, summary: 'A task', auth: 'reader', params: taskIdSchema, answers: { 200: 'Task' } },
  {
    method: 'delete',
    path: task,
    summary: 'Cancel a task that no device works on',
    auth: 'session',
    params: taskIdSchema,
    answers: { 200: 'Task' },
  },
  {
    method: 'get',
    path: `${task}/receipt`,
    summary: 'A task’s receipt',
    auth: 'reader',
    params: taskIdSchema,
    answers: { 200: 'Receipt' },
  },
  {
    method: 'get',
    path: '/api/v1/escrows/:requester',
    summary: 'The requester’s escrow',
    auth: 'reader',
    params: escrowOwnerSchema,
    answers: { 200: 'Escrow' },
  },
  {
    method: 'post',
    path: '/api/v1/auditor/heads',
    summary: 'A head, signed by the auditor',
    auth: 'anybody',
    body: 'SignedHead',
    answers: { 202: 'HeadTaken' },
  },
  {
    method: 'post',
    path: '/api/v1/auditor/cosignatures',
    summary: 'The auditor’s signature over what is paid',
    auth: 'anybody',
    body: 'Cosignature',
    answers: { 202: 'Nothing' },
  },
  {
    method: 'post',
    path: '/api/v1/auditor/refusals',
    summary: 'What the auditor does not sign, and why',
    auth: 'anybody',
    body: 'Refusal',
    answers: { 202: 'Nothing' },
  },
  {
    method: 'get',
    path: '/api/v1/auditor/evidence/:task_id',
    summary: 'What a verdict was judged by',
    auth: 'auditor',
    params: evidenceTaskSchema,
    answers: { 200: 'Evidence' },
  },
]
