import { instead, type Mutant, without } from './Mutant.ts'

/** A fault for each rule of the escrow that guards money. */
export const escrowMutants: readonly Mutant[] = [
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
    'a charge from anyone',
    'escrow.tolk',
    'assert (in.senderAddress == EscrowStorage.load().vault) throw ERR_NOT_VAULT;',
  ),
  without('a bounce from anyone', 'escrow.tolk', 'assert (in.senderAddress == storage.vault) throw ERR_NOT_VAULT;'),
  instead(
    'closed by anyone',
    'escrow.tolk',
    'assert (in.senderAddress == EscrowStorage.load().owner) throw ERR_NOT_OWNER;\n            close(',
    'close(',
  ),
  without(
    'a session that never ends',
    'escrow.tolk',
    'assert (blockchain.now() <= session.expiresAt + CHARGEABLE_AFTER_END_SEC) throw ERR_SESSION_EXPIRED;',
  ),
  without(
    'a charge after closing',
    'escrow.tolk',
    'assert ((storage.closeAt == 0) | (blockchain.now() < storage.closeAt)) throw ERR_ESCROW_CLOSED;',
  ),
  without('a lower cap', 'escrow.tolk', 'assert (msg.cap >= sessions.current.cap) throw ERR_SESSION_LOWERED;'),
]
