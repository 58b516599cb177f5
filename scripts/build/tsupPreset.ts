import type { Options } from 'tsup'

const shared: Options = {
  format: 'esm',
  splitting: true,
  sourcemap: true,
  dts: false, // `tsc -b` writes the declarations; tsup's own need TypeScript before version 7
  clean: false,
  removeNodeProtocol: false, // `node:sqlite` has no other name
  silent: true,
  esbuildOptions(options) {
    options.logLevel = 'silent' // what fails is thrown, and told once
    options.packages = 'external'
    options.absWorkingDir = process.cwd() // esbuild keeps the folder it was loaded in, the build goes through many
  },
}

/** Bundles for the pinned Node: one file for each entry, dependencies stay imports. */
export const nodeBundle = (entry: Record<string, string>): Options => ({
  ...shared,
  entry,
  target: 'node26',
  platform: 'node',
})

/** Bundles that also run in a browser once bundled: nothing of Node's is assumed. */
export const neutralBundle = (entry: Record<string, string>): Options => ({
  ...shared,
  entry,
  target: 'es2024',
  platform: 'neutral',
})
