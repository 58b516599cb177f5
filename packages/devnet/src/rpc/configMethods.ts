import { type Cell, Dictionary } from '@ton/core'
import { z } from 'zod'
import { defineMethod } from './method.ts'
import { integerParameter } from './parameters.ts'
import { notFound } from './toncenterError.ts'

const show = (cell: Cell) => ({
  '@type': 'configInfo',
  config: { '@type': 'tvm.cell', bytes: cell.toBoc().toString('base64') },
})

/** The network's configuration. */
export const configMethods = [
  defineMethod({
    name: 'getConfigParam',
    parameters: z
      .object({ config_id: integerParameter.optional(), param: integerParameter.optional() })
      .transform(({ config_id, param }) => config_id ?? param)
      .pipe(z.int('config_id should be defined')),
    run: ({ config }, id) => {
      const values = config.beginParse().loadDictDirect(Dictionary.Keys.Int(32), Dictionary.Values.Cell())
      const found = values.get(id)
      if (found === undefined) throw notFound(`the configuration has no parameter ${id}`)
      return show(found)
    },
  }),
  defineMethod({ name: 'getConfigAll', parameters: z.unknown(), run: ({ config }) => show(config) }),
]
