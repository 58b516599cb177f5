import { instead, type Mutant, without } from './Mutant.ts'

/** A fault for each rule that guards stake and reputation. */
export const accountMutants: readonly Mutant[] = [
  without(
    'a slash vetoed by anyone',
    'vault-accounts.tolk',
    'assert (sender == VaultStorage.load().keys.load().guardian) throw ERR_NOT_GUARDIAN;',
  ),
  without(
    'a reputation without its proof',
    'vault-accounts.tolk',
    'assert (rootFrom(leaf, msg.path.beginParse()) == VaultStorage.load().validReputationRoot()) throw ERR_WRONG_PROOF;',
  ),
  instead(
    'a reputation of an epoch in its window',
    'vault-accounts.tolk',
    'if (blockchain.now() >= current.validFrom) {',
    'if (current.validFrom > 0) {',
  ),
  without('a slash from anyone', 'account.tolk', 'assert (sender == AccountStorage.load().vault) throw ERR_NOT_VAULT;'),
  {
    name: 'a slash above the stake',
    patches: [
      {
        file: 'account.tolk',
        from: 'assert (terms.amount <= storage.stake + storage.unbonding) throw ERR_OVER_STAKE;',
        to: '',
      },
      {
        file: 'account.tolk',
        from: 'storage.unbonding -= terms.amount - fromStake;',
        to: 'storage.unbonding = max(storage.unbonding - (terms.amount - fromStake), 0) as coins;',
      },
    ],
  },
  without(
    'a slash above its bound',
    'account.tolk',
    'assert (terms.amount <= BASE_SLASHING * severityOf(terms.reason) * repetition) throw ERR_SLASH_TOO_HIGH;',
  ),
  without(
    'a slash of any number',
    'account.tolk',
    'assert (msg.slashSeq == storage.slashSeq + 1) throw ERR_SLASH_OUT_OF_ORDER;',
  ),
  without('a slash over a pending one', 'account.tolk', 'assert (storage.pending == null) throw ERR_SLASH_PENDING;'),
  without('an unbonding in front of a pending slash', 'account.tolk', 'storage.stake -= fromStake;'),
  without('a withdrawal in front of a pending slash', 'account.tolk', 'storage.unbonding -= terms.amount - fromStake;'),
  without(
    'a slash executed early',
    'account.tolk',
    'assert (blockchain.now() >= pending.executableAt) throw ERR_TOO_EARLY;',
  ),
  instead('a slash executed twice', 'account.tolk', 'storage.pending = null;\n    storage.slashes', 'storage.slashes'),
  without(
    'a slash vetoed late',
    'account.tolk',
    'assert (blockchain.now() < pending.executableAt) throw ERR_WINDOW_CLOSED;',
  ),
  without('a veto that keeps what was unbonding', 'account.tolk', 'storage.unbonding += pending.fromUnbonding;'),
  without('an account of anyone', 'account.tolk', 'assert (sender == self.owner) throw ERR_NOT_OWNER;'),
  without(
    'a withdrawal before its time',
    'account.tolk',
    'assert (blockchain.now() >= storage.unbondedAt) throw ERR_TOO_EARLY;',
  ),
  without('a withdrawal twice', 'account.tolk', 'storage.unbonding = 0;'),
  without(
    'an unbonding that takes no time',
    'account.tolk',
    'storage.unbondedAt = (blockchain.now() + UNBONDING_SEC) as uint32;',
  ),
  {
    name: 'an unbonding above the stake',
    patches: [
      { file: 'account.tolk', from: 'assert (msg.amount <= storage.stake) throw ERR_OVER_STAKE;', to: '' },
      {
        file: 'account.tolk',
        from: 'storage.stake -= msg.amount;',
        to: 'storage.stake = max(storage.stake - msg.amount, 0) as coins;',
      },
    ],
  },
  instead('a stake of any jetton', 'account.tolk', '(sender == wallet) && ', ''),
  instead('a stake of others', 'account.tolk', ' && (msg.sender == storage.owner)', ''),
  without('a wallet named by anyone', 'account.tolk', 'assert (sender == gstd.master) throw ERR_JETTON_SENDER;'),
  instead(
    'a bounce from any wallet',
    'account.tolk',
    'if ((wallet == null) || (in.senderAddress != wallet)) {',
    'if (wallet == null) {',
  ),
  without('a refused withdrawal is lost', 'account.tolk', 'storage.unbonding += amount;'),
  without('a refused slash is lost', 'account.tolk', 'storage.stake += amount;'),
]
