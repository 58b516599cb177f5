import { defineConfig } from 'tsup'
import { nodeBundle } from '../../scripts/build/tsupPreset.ts'

export default defineConfig(nodeBundle({ index: './src/index.ts', 'matcher/index': './src/matcher/index.ts' }))
