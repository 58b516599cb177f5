/** What a paid epoch has paid and cost; the fees are not known until the chain's history has been read. */
export const epochsMigration = [
  `CREATE TABLE epochs (
    epoch             int8 PRIMARY KEY,
    executed_at       int8 NOT NULL,
    tasks             int8 NOT NULL,
    devices           int8 NOT NULL,
    rewards_nano      int8 NOT NULL,
    /** Since when messages of it may have been sent, by the coordinator's clock. */
    begun_at          int8 NOT NULL,
    charges_fee_nano  int8,
    commit_fee_nano   int8,
    exec_fee_nano     int8
  )`,
  'CREATE INDEX epochs_without_fees ON epochs (epoch) WHERE exec_fee_nano IS NULL',
]
