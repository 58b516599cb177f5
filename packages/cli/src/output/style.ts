import { stripVTControlCharacters, styleText } from 'node:util'

/** Colours and widths of one stream; plain where colours are unwanted (`NO_COLOR`, no terminal). */
export type Style = {
  readonly width: number
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
}

const DEFAULT_WIDTH = 100

/** Makes the style of a stream; Node's `styleText` knows `NO_COLOR`, `FORCE_COLOR` and the stream's abilities. */
export const createStyle = (stream: NodeJS.WriteStream): Style => {
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { stream, validateStream: true })
  return {
    width: stream.columns > 0 ? stream.columns : DEFAULT_WIDTH,
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
  }
}

/** Keeps text that came from elsewhere from steering the terminal. */
export const printable = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ')

/** Cuts text to a width, with an ellipsis. */
export const truncate = (text: string, width: number): string => {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

const visibleLength = (text: string): number => [...stripVTControlCharacters(text)].length

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - visibleLength(text)))

/** Lays out `name  value` lines under each other. */
export const facts = (style: Style, rows: readonly (readonly [string, string | undefined])[]): string => {
  const shown = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${value}`).join('\n')
}

/**
 * Lays out a table in the terminal's width: every column as wide as its longest cell, the last one cut.
 *
 * @param cells - plain text, the first row is the header
 * @param paint - colours a cell of the body after it was cut and padded
 */
export const table = (
  style: Style,
  cells: readonly (readonly string[])[],
  paint: (text: string, column: number) => string = (text) => text,
): string => {
  const columns = cells[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((row) => visibleLength(row[column] ?? ''))),
  )
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const last = Math.max(8, style.width - before)
  return cells
    .map((row, index) =>
      row
        .map((cell, column) => {
          const text = column === columns - 1 ? truncate(cell, last) : pad(cell, widths[column] ?? 0)
          return index === 0 ? style.dim(text) : paint(text, column)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
