import { defineConfig } from 'tsup'
import { nodeBundle } from '../../scripts/build/tsupPreset.ts'

export default defineConfig(nodeBundle({ gstd: './src/gstd.ts', 'supervisor/index': './src/supervisor/index.ts' }))
