/** Texts of `gstd help TOPIC`. */
export const topics: Readonly<Record<string, { summary: string; text: string }>> = {
  networks: {
    summary: 'where commands run, and what a first try looks like',
    text: `A network is a TON chain, the contracts on it, a coordinator and an auditor. Its
public data is one file, network.json: endpoint, vault, GSTD master, public
keys, the coordinator's address.

  --network devnet     what "gstd devnet start" made in the state folder (default)
  --network FILE       a network.json that an operator publishes
  --coordinator URL    another coordinator than the file names
  --state-dir DIR      another folder for networks, keys, wallets and sessions

No testnet or mainnet is built in yet. On a network that is not called devnet,
wallets and keys are encrypted with a passphrase (--passphrase-file,
GSTD_PASSPHRASE, or a question on a terminal), and the TON endpoint is asked once
a second, ten times with a key:

  GSTD_TON_API_KEY              sent as X-API-Key; never written anywhere
  GSTD_TON_REQUESTS_PER_SECOND  another limit, such as that of your own node

The whole system on this machine, each line in a terminal of its own:

  gstd devnet start
  gstd coordinator start
  gstd auditor start
  gstd worker start --name a
  gstd worker start --name b
  gstd worker start --name c

Then, as a requester:

  gstd wallet create --fund
  gstd escrow deposit 1
  gstd submit --operation ocr --input line.png

"reference" needs two device owners, "majority" three. Each worker here has an
owner of its own.`,
  },
  staking: {
    summary: 'what GSTD stands for devices, how it returns, how it is lost',
    text: `Whoever owns devices can stake GSTD for them. It stands in a device account, a
contract of its own for each owner, and belongs to the owner's wallet.

  gstd stake deposit 5          stakes 5 GSTD; the first time it makes the account
  gstd stake show               what is staked, unbonding, locked
  gstd stake withdraw 5         takes 5 GSTD out: they are unbonding for 7 days
  gstd stake withdraw --claim   then pays out all that was unbonding

Taking out more while something is unbonding starts the 7 days of both anew, so
it asks for --restart. On a devnet time can be moved:

  curl -H 'content-type: application/json' -d '{"seconds":604800}' \\
    http://127.0.0.1:7410/devnet/advance

A slash takes stake away: at most 1 GSTD for repeated failures, 2 for answers
against the consensus, 3 for an invalid proof, 5 for malicious behaviour, times 1,
2, 4, 8 or 10 the more of them were executed before. Coordinator and auditor must
both sign it. It locks its sum at once, out of the stake first and then out of
what is unbonding. For 72 h nobody can execute it, and the guardian can veto it:
everything is then where it was. In that time the owner can appeal:

  gstd stake appeal FILE        puts the SHA-256 of a document on chain

The document itself goes to the guardian by other ways. After 72 h anybody may
execute the slash, and its sum goes to the network's treasury.`,
  },
  output: {
    summary: 'human, json and quiet; streams, colours, events',
    text: `--output human   for people: tables, colours on a terminal, a live view while waiting
--output json    exactly one JSON value on stdout. Commands that keep running
                 print one JSON object a line, the first is {"event":"ready",…}.
                 An error is {"error":{"code",…,"fault","retryable","next"}}.
--output quiet   only what a script would take: ids, an address, an amount

GSTD_OUTPUT sets the default. Results go to stdout, notes and (outside JSON)
errors to stderr. NO_COLOR turns colours off. Amounts in JSON are integers in
nano (10⁻⁹ TON or GSTD) as strings; times are unix milliseconds.

Nothing is ever asked for but the passphrase of a wallet or key, and that only on
a terminal: what is missing is an error that names the flag.`,
  },
  'exit-codes': {
    summary: 'what the number says after a command ended',
    text: `0    done
1    a defect of gstd itself
2    your move: usage, limits, too little escrow, refused task
3    configuration or local state: a file, a port, a missing network
4    the network: a coordinator or an input cannot be reached, or time ran out;
     often worth another try
5    a peer: a task failed, an answer or a signature is wrong
6    the chain: endpoint, contracts, a transaction not seen in time
130  Ctrl-C; 143 SIGTERM, 129 SIGHUP

A command that keeps running ends with 0 when it was stopped in order. "submit"
and "task get --wait" show everything they know even when they end with another
code than 0.`,
  },
}
