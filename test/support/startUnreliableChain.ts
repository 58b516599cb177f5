import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

/** How the endpoint behaves: as it should, not at all, or in every wrong way by turns. */
export type Behaviour = 'reliable' | 'gone' | 'unreliable'

/** What becomes of a request. */
type Fate = 'answered' | 'stale' | 'late' | 'busy' | 'failing' | 'dropped' | 'answer lost'

export type UnreliableChain = {
  readonly endpoint: string
  behave(behaviour: Behaviour): void
  /** How many requests met with each fate, and how many messages were sent twice. */
  readonly met: Readonly<Record<Fate | 'sent twice', number>>
  /** Resolves when the next message for the chain has come, before it is passed on. */
  nextMessage(): Promise<void>
  stop(): Promise<void>
}

type Answer = { status: number; text: string }
type Call = { method: string; params: unknown }

const FATES: readonly Fate[] = ['answered', 'stale', 'answer lost', 'busy', 'stale', 'dropped', 'late', 'failing']
const LATE_MS = 1_000

const failure = (code: number): Answer => ({
  status: code,
  text: JSON.stringify({ ok: false, error: 'told to fail', code }),
})

/** Serves a chain's endpoint through a server that loses, repeats, delays and ages what passes it. */
export const startUnreliableChain = async (real: string): Promise<UnreliableChain> => {
  const met = { answered: 0, stale: 0, late: 0, busy: 0, failing: 0, dropped: 0, 'answer lost': 0, 'sent twice': 0 }
  /** The last reliable answer to each question. */
  const aged = new Map<string, Answer>()
  let behaviour: Behaviour = 'reliable'
  let turn = 0
  let announce: (() => void) | undefined

  const forward = async (body: string): Promise<Answer> => {
    const answer = await fetch(real, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return { status: answer.status, text: await answer.text() }
  }

  const fateOf = (isSending: boolean): Fate => {
    if (behaviour === 'reliable') return 'answered'
    if (behaviour === 'gone') return 'dropped'
    const fate = FATES[turn++ % FATES.length] ?? 'answered'
    return fate === 'stale' && isSending ? 'answer lost' : fate
  }

  /** @returns undefined to end the connection without an answer */
  const answer = async (body: string): Promise<Answer | undefined> => {
    const { method, params } = JSON.parse(body) as Call
    const isSending = method === 'sendBoc'
    if (isSending) announce?.()
    const question = JSON.stringify([method, params])
    const fate = fateOf(isSending)
    met[fate] += 1
    if (fate === 'dropped') return undefined
    if (fate === 'busy') return failure(429)
    if (fate === 'failing') return failure(500)
    if (fate === 'stale') return aged.get(question) ?? forward(body)
    if (fate === 'late') await delay(LATE_MS)
    const fresh = await forward(body)
    if (isSending && behaviour === 'unreliable') {
      met['sent twice'] += 1
      await forward(body)
    }
    if (behaviour === 'reliable') aged.set(question, fresh)
    return fate === 'answer lost' ? undefined : fresh
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const given = await answer((await buffer(request)).toString())
    if (given === undefined) return void request.socket.destroy()
    response.writeHead(given.status, { 'content-type': 'application/json' }).end(given.text)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}/api/v2/jsonRPC`,
    met,
    behave: (next) => {
      behaviour = next
    },
    nextMessage: () =>
      new Promise((resolve) => {
        announce = resolve
      }),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
