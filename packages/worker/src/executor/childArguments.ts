const WASM_PAGES_PER_MB = 16

/** Whether this runs from the sources, not from the bundle; the child then does, too. */
export const isSource = import.meta.url.endsWith('.ts')

/**
 * Node's arguments for the child: nothing is allowed but reading files, which it gives up itself once it is loaded.
 *
 * @param entry - path of the child's script
 * @param memoryMb - limit of the JavaScript heap, and again of the runtime's memory, in MiB
 */
export const childArguments = (entry: string, memoryMb: number): string[] => [
  '--permission',
  '--allow-fs-read=*',
  '--no-warnings',
  `--max-old-space-size=${memoryMb}`,
  `--wasm-max-mem-pages=${memoryMb * WASM_PAGES_PER_MB}`,
  ...(isSource ? ['--conditions=@gstd/source'] : []),
  entry,
]

/** The environment is empty, but for what Windows needs to start a process at all. */
export const childEnvironment = (): Record<string, string> => {
  const { SystemRoot } = process.env
  return { UV_USE_IO_URING: '0', ...(SystemRoot !== undefined && { SystemRoot }) }
}
