import { checkFileLengths } from './check/checkFileLengths.ts'
import { runTool, showSteps } from './build/runTool.ts'

/** Everything that can be said about the sources without running them. */
const passed = await showSteps([
  { name: 'types', run: () => runTool('tsc', ['-b']) },
  { name: 'lint', run: () => runTool('oxlint', []) },
  { name: 'format', run: () => runTool('oxfmt', ['--check', '.']) },
  { name: 'unused code', run: () => runTool('knip', []) },
  { name: 'contract code', run: () => runTool('node', ['contracts/build.ts', '--check']) },
  { name: 'file lengths', run: checkFileLengths },
])
process.exitCode = passed ? 0 : 1
