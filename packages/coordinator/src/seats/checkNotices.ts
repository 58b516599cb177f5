import { GstdError, inputUnavailableDocument, startedDocument, verifySignature } from '@gstd/sdk'

type Notice = { network: number; vault: string; device_id: string; order_hash: string }

/** @throws GstdError `SIGNATURE_INVALID` when `started` is not signed by the device key. */
export const checkStarted = async (
  deviceKey: string,
  notice: Notice & { started_at: number },
  signature: string,
): Promise<void> => {
  const valid = await verifySignature(deviceKey, startedDocument.hash({ version: 1, ...notice }), signature)
  if (!valid) throw new GstdError('SIGNATURE_INVALID', '`started` is not signed by the device key')
}

/** @throws GstdError `SIGNATURE_INVALID` when `input_unavailable` is not signed by the device key. */
export const checkUnavailable = async (
  deviceKey: string,
  notice: Notice & { item: number },
  signature: string,
): Promise<void> => {
  const valid = await verifySignature(deviceKey, inputUnavailableDocument.hash({ version: 1, ...notice }), signature)
  if (!valid) throw new GstdError('SIGNATURE_INVALID', '`input_unavailable` is not signed by the device key')
}
