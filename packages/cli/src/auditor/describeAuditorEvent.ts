import type { AuditorEvent } from '@gstd/auditor'

const short = (hash: string): string => hash.slice(0, 12)

/** @returns an event of the auditor in one line, or nothing for what happens every second */
export const describeAuditorEvent = (event: AuditorEvent): string | undefined => {
  switch (event.type) {
    case 'head':
      return undefined
    case 'refused':
      return `refused ${event.kind} ${event.index} (${short(event.hash)}): ${event.reason}`
    case 'cosigned':
      return `co-signed the ${event.of} ${short(event.hash)}${event.epoch === undefined ? '' : ` of epoch ${event.epoch}`}`
    case 'waiting':
      return `the ${event.of} ${short(event.hash)} waits: ${event.reason}`
    case 'stalled':
      return `nothing is signed beyond entry ${event.size}: ${event.code}: ${event.message}`
    case 'resumed':
      return `goes on at entry ${event.size}`
    case 'moved':
      return `the coordinator is now at ${event.coordinator}`
  }
}
