/** One altered copy of a JSON value: where, how, and the copy. */
export type Alteration = { path: string; how: string; value: unknown }

const HEX = '0123456789abcdef'

/** Another character of the same kind, so that the shape still fits and only the meaning changes. */
const otherCharacter = (character: string): string => {
  const hex = HEX.indexOf(character)
  if (hex >= 0) return HEX[hex ^ 1] ?? '0'
  return character === 'x' ? 'y' : 'x'
}

const withCharacter = (text: string, at: number): string =>
  text.slice(0, at) + otherCharacter(text.charAt(at)) + text.slice(at + 1)

const alteredText = (text: string): [how: string, value: unknown][] =>
  [...new Set([0, text.length - 1])]
    .filter((at) => at >= 0 && at < text.length)
    .map((at) => [`character ${at}`, withCharacter(text, at)])

const alteredList = (list: readonly unknown[]): [how: string, value: unknown][] =>
  list.flatMap((item, at) => {
    const changes: [string, unknown][] = [
      [`without item ${at}`, list.toSpliced(at, 1)],
      [`item ${at} twice`, list.toSpliced(at, 0, item)],
    ]
    const next = list[at + 1]
    const swaps = next !== undefined && JSON.stringify(next) !== JSON.stringify(item)
    if (swaps) changes.push([`items ${at} and ${at + 1} swapped`, list.toSpliced(at, 2, next, item)])
    return changes
  })

const altered = (value: unknown): [how: string, value: unknown][] => {
  if (typeof value === 'string') return alteredText(value)
  if (typeof value === 'boolean') return [['flipped', !value]]
  if (Array.isArray(value)) return alteredList(value)
  if (typeof value !== 'number') return []
  return [
    ['plus 1', value + 1],
    ['minus 1', value - 1],
  ]
}

const childrenOf = (value: unknown): [key: string, child: unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

const withChild = (parent: unknown, key: string, child: unknown): unknown =>
  Array.isArray(parent) ? parent.with(Number(key), child) : { ...(parent as object), [key]: child }

/** Walks a JSON value and alters every leaf and every list in it, one at a time; objects also lose each field. */
export function* alterationsOf(value: unknown, path = ''): Generator<Alteration> {
  for (const [how, changed] of altered(value)) yield { path, how, value: changed }
  for (const [key, child] of childrenOf(value)) {
    const at = path === '' ? key : `${path}.${key}`
    if (!Array.isArray(value)) {
      const { [key]: _left, ...rest } = value as Record<string, unknown>
      yield { path: at, how: 'left out', value: rest }
    }
    for (const { path: inner, how, value: changed } of alterationsOf(child, at)) {
      yield { path: inner, how, value: withChild(value, key, changed) }
    }
  }
}
