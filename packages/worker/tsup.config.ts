import { defineConfig } from 'tsup'

/** Declarations are `tsc`'s; models are made by `build-models.ts`. */
export default defineConfig({
  entry: { index: 'src/index.ts', executorChild: 'src/executor/child.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node26',
  clean: false,
  splitting: true,
})
