import {
  authorisationSchema,
  descriptorDocument,
  GstdError,
  limits,
  type NetworkParameters,
  parseCanonicalJson,
  parseWith,
  type Submission,
  submissionSchema,
  verifyBatch,
  buildMerkleTree,
  toHex,
} from '@gstd/sdk'

/** A submission whose batch signature covers every descriptor. */
export type VerifiedSubmission = Submission & { hashes: Uint8Array[]; requester: string }

const checkUnsigned = (batch: unknown): void => {
  if (typeof batch === 'object' && batch !== null && !('signature' in batch)) {
    throw new GstdError('SIGNATURE_MISSING', 'the batch is not signed', {
      hint: 'sign the hash of batch.header with the session key of the escrow',
    })
  }
}

const checkItems = (items: unknown): void => {
  if (!Array.isArray(items)) return
  if (items.length > limits.batchItems) {
    throw new GstdError('DOCUMENT_TOO_LARGE', `the batch has ${items.length} tasks`, {
      details: { path: 'items', items: items.length, limit_items: limits.batchItems },
      hint: 'split it into several batches',
    })
  }
  for (const item of items) {
    if (typeof item === 'object' && item !== null && 'descriptor' in item) descriptorDocument.parse(item.descriptor)
  }
}

/** Parts that have a code of their own, before the shape of the whole. */
const checkParts = (value: object): void => {
  if ('batch' in value) checkUnsigned(value.batch)
  if (!('items' in value)) return
  checkItems(value.items)
  const authorisation = 'authorisation' in value ? value.authorisation : undefined
  parseWith(authorisationSchema, authorisation, 'AUTHORISATION_INVALID', 'the authorisation')
}

const parse = (body: Uint8Array): Submission => {
  if (body.length > limits.batchBytes) {
    throw new GstdError('DOCUMENT_TOO_LARGE', `the batch has ${body.length} bytes`, {
      details: { bytes: body.length, limit_bytes: limits.batchBytes },
    })
  }
  const value = parseCanonicalJson(body)
  if (typeof value === 'object' && value !== null) checkParts(value)
  return parseWith(submissionSchema, value, 'DOCUMENT_MALFORMED', 'the submission')
}

/**
 * Reads a submission's bytes and checks what its signature covers: shape, root, network, one requester.
 *
 * @param body - the request's bytes, canonical JSON
 * @throws GstdError `DOCUMENT_*`, `DESCRIPTOR_INVALID`, `SIGNATURE_*`, `MERKLE_PROOF_INVALID`, `NETWORK_MISMATCH`
 */
export const verifySubmission = async (
  body: Uint8Array,
  parameters: NetworkParameters,
): Promise<VerifiedSubmission> => {
  const submission = parse(body)
  const { batch, items } = submission
  const origin = { network: parameters.network, vault: parameters.vault }
  await verifyBatch(batch, { kind: 'descriptor', origin, recipient: parameters.coordinator_key })
  const hashes = items.map(({ descriptor }) => descriptorDocument.hash(descriptor))
  const root = toHex(buildMerkleTree(hashes).root)
  if (batch.header.count !== items.length || batch.header.root !== root) {
    throw new GstdError('MERKLE_PROOF_INVALID', 'the signed root is not the one of these descriptors', {
      details: { root, signed_root: batch.header.root, count: items.length, signed_count: batch.header.count },
    })
  }
  const requester = items[0]?.descriptor.requester.address ?? ''
  for (const [index, { descriptor }] of items.entries()) {
    if (descriptor.network !== origin.network || descriptor.vault !== origin.vault) {
      throw new GstdError('NETWORK_MISMATCH', 'a descriptor is made for another network or vault', {
        details: { path: `items.${index}.descriptor.vault`, expected: origin },
      })
    }
    if (descriptor.requester.public_key !== batch.header.signer || descriptor.requester.address !== requester) {
      throw new GstdError('SIGNATURE_INVALID', 'the batch is not signed by the key of every descriptor’s requester', {
        details: { path: `items.${index}.descriptor.requester` },
      })
    }
  }
  return { ...submission, hashes, requester }
}
