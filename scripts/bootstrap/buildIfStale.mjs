import { isUpToDate } from './buildStamp.mjs'
import { commandEnvironment } from './environment.mjs'
import { Failure } from './Failure.mjs'
import { inRoot } from './paths.mjs'
import { showProgress } from './progress.mjs'
import { runStep } from './runStep.mjs'

/**
 * Builds what commands run, where its sources have changed; declarations are left to `npm run build`.
 *
 * @param {string} node
 * @param {{ wait: () => Promise<void> }} lock
 */
export const buildIfStale = async (node, lock) => {
  if (isUpToDate()) return
  await lock.wait()
  if (isUpToDate()) return // by the process that was waited for
  const { code } = await showProgress('building the packages', () =>
    runStep(node, [inRoot('scripts', 'build.ts')], { show: true, env: commandEnvironment() }),
  )
  if (code !== 0) throw new Failure('the build failed', 'the lines above say where; `npm run check` may say more')
}
