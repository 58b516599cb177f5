/** One altered copy of a JSON value, and where it was altered. */
export type Altered = { path: string; value: unknown }

const HEX = '0123456789abcdef'

/** Another character of the same kind, so that the shape still fits. */
const otherCharacter = (character: string): string => {
  const at = HEX.indexOf(character)
  return at >= 0 ? (HEX[at ^ 1] ?? '0') : character === 'x' ? 'y' : 'x'
}

const alteredValues = (value: unknown): unknown[] => {
  if (typeof value === 'string') {
    return [...new Set([0, value.length - 1])].map(
      (at) => value.slice(0, at) + otherCharacter(value.charAt(at)) + value.slice(at + 1),
    )
  }
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [value + 1, value - 1]
  if (!Array.isArray(value) || value.length === 0) return []
  return [value.slice(1), value.slice(0, -1), [...value, value[0]], value.toReversed()].filter(
    (changed) => JSON.stringify(changed) !== JSON.stringify(value),
  )
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const withChild = (parent: object, key: string, child: unknown): unknown =>
  Array.isArray(parent) ? parent.with(Number(key), child) : { ...parent, [key]: child }

/** Alters every leaf and every list of a JSON value, one at a time; objects also lose each field. */
export function* alterationsOf(value: unknown, path = ''): Generator<Altered> {
  for (const changed of alteredValues(value)) yield { path, value: changed }
  if (!isObject(value)) return
  for (const [key, child] of Object.entries(value)) {
    // Positions in lists do not matter for what a field means.
    const name = Array.isArray(value) ? '*' : key
    const at = path === '' ? name : `${path}.${name}`
    if (!Array.isArray(value))
      yield { path: at, value: Object.fromEntries(Object.entries(value).filter(([k]) => k !== key)) }
    for (const inner of alterationsOf(child, at)) yield { ...inner, value: withChild(value, key, inner.value) }
  }
}
