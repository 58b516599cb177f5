const fold = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/^ | $/g, '')

/**
 * Compares two texts exactly, after Unicode NFC and white-space folding: runs of white space are one space, none at
 * the ends (protocol §5).
 *
 * @returns whether they agree; symmetric and reflexive
 * @example compareTexts('Total:\t12.50 ', 'Total: 12.50') // true
 */
export const compareTexts = (a: string, b: string): boolean => fold(a) === fold(b)
