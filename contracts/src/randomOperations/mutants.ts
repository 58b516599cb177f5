/** One place of a source in which other text stands. */
export type Patch = { file: string; from: string; to: string }

/** Contracts with one fault, which the invariants must notice. */
export type Mutant = { name: string; patches: readonly Patch[] }

const without = (name: string, file: string, from: string): Mutant => ({ name, patches: [{ file, from, to: '' }] })

/** The fault for each rule that guards money. */
export const mutants: readonly Mutant[] = [
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
    'skipped session signature',
    'escrow.tolk',
    'assert (isSignatureValid(hash, signed.signature as slice, session.key)) throw ERR_SESSION_SIGNATURE;',
  ),
  {
    name: 'snapshot roll-back in the bounce',
    patches: [
      {
        file: 'escrow.tolk',
        from: '    storage.charged = sums.cumulative;',
        to: '    storage.inWindow.delta = storage.charged as int64;\n    storage.charged = sums.cumulative;',
      },
      {
        file: 'escrow.tolk',
        from: '            storage.balance += msg.delta;\n            storage.charged -= msg.delta;',
        to:
          '            storage.balance += (storage.charged - storage.inWindow.delta) as coins;\n' +
          '            storage.charged = storage.inWindow.delta as coins;',
      },
    ],
  },
  without(
    'no monotonic check of charged',
    'escrow.tolk',
    'assert (sums.cumulative > storage.charged) throw ERR_CHARGE_NOT_INCREASING;',
  ),
  without(
    'charges in any order',
    'escrow.tolk',
    'assert (sums.previousCharged == storage.charged) throw ERR_CHARGE_OUT_OF_ORDER;',
  ),
  without(
    'no check of what is authorised',
    'escrow.tolk',
    'assert (cumulative <= signed.maxCumulative) throw ERR_CHARGE_OVER_AUTHORISED;',
  ),
  without('no cap check', 'escrow.tolk', 'assert (cumulative <= session.cap) throw ERR_CHARGE_OVER_CAP;'),
  {
    name: 'no balance check',
    patches: [
      { file: 'escrow.tolk', from: 'assert (delta <= storage.balance) throw ERR_CHARGE_OVER_BALANCE;', to: '' },
      {
        file: 'escrow.tolk',
        from: 'storage.balance -= delta;',
        to: 'storage.balance = max(storage.balance - delta, 0) as coins;',
      },
    ],
  },
  without(
    'escrow closes early',
    'escrow.tolk',
    'assert (blockchain.now() >= storage.closeAt) throw ERR_CLOSE_TOO_EARLY;',
  ),
  without(
    'session key lost while chargeable',
    'escrow.tolk',
    'assert (!sessions.previous.isChargeable()) throw ERR_SESSION_STILL_CHARGEABLE;',
  ),
  without('reclaim twice', 'escrow.tolk', 'sessions.pending.delta = 0;'),
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
]
