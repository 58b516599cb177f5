import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { nsfwMobilenetV2 } from '@gstd/sdk'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { readExamples } from '../examplesForTests/readExamples.ts'
import { loadRuntime, type Network } from '../executor/loadRuntime.ts'
import { decodeImage } from '../images/decodeImage.ts'
import { toModerationTensor } from '../operations/imageModeration/runImageModeration.ts'
import { converter, convertLayersModel } from './convertLayersModel.ts'
import { convertNsfwMobilenetV2, loadSource, sourceFiles } from './nsfwMobilenetV2.ts'

/** Photos of which the model is least sure: small errors show most there. */
const UNCERTAIN = ['calla-drawing.jpg', 'clock.jpg', 'drum.jpg', 'nuthatch.jpg', 'stripes.jpg']

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes)

describe('convertLayersModel', () => {
  it('makes the file that the manifest names, of the sources that it names', () => {
    const { conversion, files } = nsfwMobilenetV2
    const bytes = convertNsfwMobilenetV2()
    expect(conversion?.tool).toBe(`${converter.name}@${converter.version}`)
    expect(sourceFiles.map((file) => sha256(readFileSync(file)))).toEqual(conversion?.source_hashes)
    expect(sha256(bytes)).toBe(conversion?.output_hash)
    expect(files).toMatchObject([{ sha256: conversion?.output_hash, bytes: bytes.length }])
  })

  it('refuses what it cannot convert', () => {
    const { model, weightBytes } = loadSource()
    const ports = { input: { name: 'x', height: 224, width: 224 }, output: { name: 'y', classCount: 5 } }
    const changed = structuredClone(model)
    const [, second] = changed.modelTopology.model_config.config.layers
    if (second !== undefined) second.class_name = 'LSTM'
    expect(() => convertLayersModel(changed, weightBytes, ports)).toThrow('no conversion for layer Conv1_pad')
    expect(() => convertLayersModel(model, weightBytes.subarray(1), ports)).toThrow()
  })
})

describe('the converted model', () => {
  let network: Network
  let source: tf.LayersModel

  beforeAll(async () => {
    await tf.setBackend('cpu')
    const { model, weightBytes } = loadSource()
    source = await tf.loadLayersModel({
      load: () =>
        Promise.resolve({
          modelTopology: model.modelTopology,
          weightSpecs: model.weightsManifest
            .flatMap((group) => group.weights)
            .map(({ quantization, ...spec }) => ({ ...spec, ...(quantization && { quantization }) })),
          weightData: new Uint8Array(weightBytes).buffer,
        }),
    })
    network = await (await loadRuntime()).load(convertNsfwMobilenetV2(), 'all')
    return async () => {
      source.dispose()
      await network.release()
    }
  })

  it('says of photos what its source says in TensorFlow.js', async () => {
    const deviations: number[] = []
    for (const { bytes } of (await readExamples('photos')).filter(({ name }) => UNCERTAIN.includes(name))) {
      const input = toModerationTensor(decodeImage(bytes))
      const [, height = 0, width = 0] = input.dims
      const expected = tf.tidy(() => {
        const output = source.predict(tf.tensor4d(input.data, [1, height, width, 3]))
        if (Array.isArray(output)) throw new Error('one output was expected')
        return output.dataSync()
      })
      const { data } = await network.run(input)
      const largest = Math.max(...expected)
      deviations.push(Math.max(...data.map((value, index) => Math.abs(value - (expected[index] ?? 0)))) / largest)
    }
    // Measured: 2.3e-6.
    expect(Math.max(...deviations)).toBeLessThan(1e-5)
  })
})
