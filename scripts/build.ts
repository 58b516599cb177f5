import { buildBundles } from './build/buildBundles.ts'
import { buildContracts } from './build/buildContracts.ts'
import { runTool, showSteps } from './build/runTool.ts'
import { hashSources, writeStamp } from './bootstrap/buildStamp.mjs'

/**
 * Builds the packages: contracts into the SDK, models into the worker, bundles of all; with `--all` also what running
 * does not need, the declarations.
 */
const all = process.argv.includes('--all')

const contractsPassed = await showSteps([{ name: 'contracts', run: () => buildContracts(all) }])
const hash = hashSources()
const passed =
  contractsPassed &&
  (await showSteps([
    { name: 'bundles', run: buildBundles },
    { name: 'models', run: () => runTool('node', ['--conditions=@gstd/source', 'packages/worker/build-models.ts']) },
    ...(all ? [{ name: 'declarations', run: () => runTool('tsc', ['-b', 'packages/cli']) }] : []),
  ]))
if (passed) writeStamp(hash)
process.exitCode = passed ? 0 : 1
