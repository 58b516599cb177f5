import type { Terminal } from './readHidden.ts'

/** @returns where a person can be asked; undefined without a terminal, and in CI. */
export const terminalOf = ({ stdin, stderr, env }: NodeJS.Process): Terminal | undefined =>
  stdin.isTTY && stderr.isTTY && env['CI'] === undefined ? { input: stdin, output: stderr } : undefined
