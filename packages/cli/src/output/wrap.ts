/**
 * Breaks text between words, so that no terminal breaks it inside them. Words that are longer than a line stay whole.
 *
 * @param width - columns of the terminal
 * @param indent - columns that are taken on the first line, and left free on the others
 */
export const wrap = (text: string, width: number, indent: number): string => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`)
}
