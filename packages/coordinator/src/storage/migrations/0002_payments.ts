/**
 * What was charged and committed; what each says is in the log, at `index`. `state` is how far it has come: `open`
 * logged, not seen on chain yet; `landed` the chain shows it; `executed` a commit whose payouts are all made; `dead`
 * expired or refused before it landed, and never can any more; `reclaimed` a charge that its owner took back.
 */
export const paymentsMigration = [
  `CREATE TABLE charges (
    index            int8 PRIMARY KEY,
    escrow           text NOT NULL,
    requester        text NOT NULL,
    epoch            int8 NOT NULL,
    previous_nano    int8 NOT NULL,
    cumulative_nano  int8 NOT NULL,
    valid_until_sec  int8 NOT NULL,
    cell_hash        text NOT NULL UNIQUE,
    auditor_signature text,
    state            text NOT NULL,
    ended_at         int8
  )`,
  `CREATE INDEX charges_open ON charges (index) WHERE state = 'open'`,
  'CREATE INDEX charges_by_epoch ON charges (epoch)',
  `CREATE TABLE commits (
    index            int8 PRIMARY KEY,
    epoch            int8 NOT NULL,
    valid_until_sec  int8 NOT NULL,
    cell_hash        text NOT NULL UNIQUE,
    auditor_signature text,
    state            text NOT NULL,
    ended_at         int8
  )`,
  `CREATE INDEX commits_unfinished ON commits (epoch) WHERE state IN ('open', 'landed')`,
  `CREATE INDEX log_verdicts ON log (hash) WHERE kind = 'verdict'`,
  `CREATE INDEX log_refusals ON log ((body->>'hash')) WHERE kind = 'refusal'`,
  `CREATE INDEX log_parameters ON log (index) WHERE kind = 'parameters'`,
  'ALTER TABLE tasks ADD COLUMN charge_index int8',
  `CREATE INDEX tasks_chargeable ON tasks (verdict_index) WHERE charge_index IS NULL AND charged_nano > 0`,
  'CREATE INDEX tasks_by_charge ON tasks (charge_index) WHERE charge_index IS NOT NULL',
  /** Signed external messages of the operator's wallet: a number is used once, whoever is killed when. */
  `CREATE TABLE wallet_messages (
    seqno          int8 PRIMARY KEY,
    boc            text NOT NULL,
    expires_at_sec int8 NOT NULL
  )`,
  `CREATE TABLE wallet_purposes (
    purpose text PRIMARY KEY,
    seqno   int8 NOT NULL,
    sent_at int8 NOT NULL
  )`,
]
