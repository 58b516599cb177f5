import fc from 'fast-check'

/**
 * The seed of every property test: a test's outcome is to depend on what changed, not on the day it ran.
 * `GSTD_PROPERTY_SEED` takes another one, or `random`, to look for what this one does not find.
 */
const DEFAULT_SEED = 20_261_125

const wanted = process.env['GSTD_PROPERTY_SEED']
if (wanted !== 'random') fc.configureGlobal({ seed: wanted === undefined ? DEFAULT_SEED : Number(wanted) })
