import { defineConfig } from 'tsup'
import { neutralBundle } from '../../scripts/build/tsupPreset.ts'

export default defineConfig(neutralBundle({ index: './src/index.ts', 'contracts/index': './src/contracts/index.ts' }))
