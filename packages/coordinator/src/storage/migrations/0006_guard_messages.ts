/**
 * What both keys sign beside payments, and how epochs end that are not paid in full. A commit's `state` may be `vetoed`,
 * or `uncommitted`: its payouts from the batch `unpaid_from` on are owed. `funded_from` is the first epoch whose charges
 * an epoch has paid.
 */
export const guardMessagesMigration = [
  `CREATE TABLE guard_messages (
    index             int8 PRIMARY KEY,
    kind              text NOT NULL,
    valid_until_sec   int8 NOT NULL,
    cell_hash         text NOT NULL UNIQUE,
    auditor_signature text,
    state             text NOT NULL,
    ended_at          int8
  )`,
  `CREATE INDEX guard_messages_open ON guard_messages (index) WHERE state = 'open'`,
  'ALTER TABLE commits ADD COLUMN unpaid_from text',
  'ALTER TABLE epochs ADD COLUMN funded_from int8',
  'UPDATE epochs SET funded_from = epoch',
  'ALTER TABLE epochs ALTER COLUMN funded_from SET NOT NULL',
]
