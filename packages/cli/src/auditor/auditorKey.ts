import { defineCommand } from '../program/command.ts'
import { facts } from '../output/style.ts'
import { openOrMakeSeed, readSeedFile } from '../keys/seedFile.ts'
import { keyFile } from '../state/paths.ts'

/** There is no network yet whose rules could be weaker. */
const ANY_NETWORK = { name: '', network: 0 }

export const auditorKey = defineCommand({
  name: 'auditor key',
  summary: 'make the auditor’s key, or show its public part',
  description:
    'Makes the key that an auditor signs with, encrypted with a passphrase, and shows its public part, which the operator needs to deploy the network. A key that is there is only shown. A devnet makes its own.',
  options: {},
  examples: ['gstd auditor key', 'gstd auditor key --output quiet'],
  run: async (context) => {
    const file = keyFile(context.stateDir, 'auditor')
    const known = await readSeedFile(file)
    const made = known === undefined
    const publicKey = known?.fields.public_key ?? (await openOrMakeSeed(file, context.keyring(ANY_NETWORK))).public_key
    return {
      data: { public_key: publicKey, file, created: made },
      human: (style) =>
        facts(style, [
          ['key', `${style.bold(publicKey)}${made ? '' : ' (was there already)'}`],
          ['file', file],
          ['keep', 'a copy of the file and its passphrase: the vault knows no other auditor'],
        ]),
      quiet: publicKey,
    }
  },
})
