import { instead, type Mutant, without } from './Mutant.ts'

/** A fault for each rule of the vault that guards money. */
export const vaultMutants: readonly Mutant[] = [
  without(
    'skipped coordinator signature',
    'vault-signatures.tolk',
    'assert (isSignatureValid(hash, coordinatorSignature as slice, self.coordinator)) throw ERR_COORDINATOR_SIGNATURE;',
  ),
  without(
    'skipped auditor signature',
    'vault-signatures.tolk',
    'assert (isSignatureValid(hash, auditorSignature as slice, self.auditor)) throw ERR_AUDITOR_SIGNATURE;',
  ),
  without(
    'Fund from anyone',
    'vault.tolk',
    'assert (sender == storage.escrowOf(msg.owner)) throw ERR_NOT_ESCROW;\n    assert (msg.epoch == storage.epoch + 1) throw ERR_WRONG_EPOCH;',
  ),
  {
    name: 'charge without epoch',
    patches: [
      {
        file: 'vault.tolk',
        from: 'assert (body.epoch == storage.epoch + 1) throw ERR_WRONG_EPOCH;\n    createMessage({',
        to: 'createMessage({',
      },
    ],
  },
  {
    name: 'a frozen vault commits',
    patches: [
      {
        file: 'vault.tolk',
        from: 'assert (valueCoins >= COMMIT_VALUE) throw ERR_TOO_LITTLE_VALUE;\n    assert (storage.frozenAt == 0) throw ERR_FROZEN;',
        to: 'assert (valueCoins >= COMMIT_VALUE) throw ERR_TOO_LITTLE_VALUE;',
      },
    ],
  },
  {
    name: 'no sum check at commit',
    patches: [
      {
        file: 'vault.tolk',
        from: 'assert (body.total + body.owedAfter == storage.fundedNext + storage.owed) throw ERR_SUMS_DIFFER;',
        to: '',
      },
    ],
  },
  without('early exec', 'vault.tolk', 'assert (blockchain.now() >= current.validFrom) throw ERR_WINDOW_OPEN;'),
  without('any batch executes', 'vault.tolk', 'assert (msg.batch.hash() == current.next) throw ERR_WRONG_BATCH;'),
  without(
    'reclaim early',
    'vault.tolk',
    'assert (blockchain.now() >= storage.firstFundAt + RECLAIM_AFTER_SEC) throw ERR_TOO_EARLY;',
  ),
  without(
    'reclaim of a committed epoch',
    'vault.tolk',
    'assert (msg.epoch >= storage.fundedFrom) throw ERR_WRONG_EPOCH;',
  ),
  without(
    'veto after the window',
    'vault-guard.tolk',
    'assert (blockchain.now() < current.validFrom) throw ERR_WINDOW_CLOSED;',
  ),
  without(
    'veto from anyone',
    'vault-guard.tolk',
    'assert (sender == storage.keys.load().guardian) throw ERR_NOT_GUARDIAN;',
  ),
  {
    name: 'vetoed roots become current',
    patches: [
      {
        file: 'vault-guard.tolk',
        from: 'storage.fundedFrom = storage.windowFrom;',
        to: 'storage.fundedFrom = storage.windowFrom;\n    storage.roots = current.roots;',
      },
    ],
  },
  without(
    'unfreeze early',
    'vault-guard.tolk',
    'assert (blockchain.now() >= storage.frozenAt + FREEZE_SEC) throw ERR_TOO_EARLY;',
  ),
  without(
    'change applied early',
    'vault-change.tolk',
    'assert (blockchain.now() >= pending.validFrom) throw ERR_TOO_EARLY;',
  ),
  instead(
    'a frozen vault charges',
    'vault.tolk',
    'assert (valueCoins >= chargeValue()) throw ERR_TOO_LITTLE_VALUE;\n    assert (storage.frozenAt == 0) throw ERR_FROZEN;',
    'assert (valueCoins >= chargeValue()) throw ERR_TOO_LITTLE_VALUE;',
  ),
  without('a frozen vault slashes', 'vault-accounts.tolk', 'assert (storage.frozenAt == 0) throw ERR_FROZEN;'),
  instead(
    'a reclaim from anyone',
    'vault.tolk',
    'assert (sender == storage.escrowOf(msg.owner)) throw ERR_NOT_ESCROW;\n    assert (msg.epoch >= storage.fundedFrom)',
    'assert (msg.epoch >= storage.fundedFrom)',
  ),
  without(
    'a commit in front of another',
    'vault.tolk',
    'assert ((last.next == 0) & (blockchain.now() >= last.validFrom)) throw ERR_EPOCH_UNDER_WAY;',
  ),
  without('a last batch leaves something over', 'vault.tolk', 'assert (current.remaining == 0) throw ERR_SUMS_DIFFER;'),
  without(
    'uncommit early',
    'vault-guard.tolk',
    'assert (blockchain.now() >= current.validFrom + UNCOMMIT_AFTER_SEC) throw ERR_TOO_EARLY;',
  ),
  without(
    'a change cancelled by anyone',
    'vault-change.tolk',
    'assert (sender == keys.guardian) throw ERR_NOT_GUARDIAN;',
  ),
  instead(
    'a cancelled change is applied',
    'vault-change.tolk',
    'keys.pendingChange = null;\n    storage.keys',
    'storage.keys',
  ),
  without(
    'a proposal counts again',
    'vault-change.tolk',
    'assert (body.number == keys.proposals) throw ERR_CHANGE_OUT_OF_ORDER;',
  ),
  without(
    'signed for another network',
    'vault-signatures.tolk',
    'assert (globalId == blockchain.globalId()) throw ERR_WRONG_NETWORK;',
  ),
  without(
    'signed for another vault',
    'vault-signatures.tolk',
    'assert (vault == contract.getAddress()) throw ERR_WRONG_CONTRACT;',
  ),
  without('signed for ever', 'vault-signatures.tolk', 'assert (blockchain.now() <= validUntil) throw ERR_EXPIRED;'),
]
