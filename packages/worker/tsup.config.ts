import { nodeBundle } from '../../scripts/build/tsupPreset.ts'

/** `executorChild` is the entry of the process that `createExecutor` starts; it must lie beside `index`. */
export default nodeBundle({ index: './src/index.ts', executorChild: './src/executor/child.ts' })
