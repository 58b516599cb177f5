import { GstdError } from '@gstd/sdk'
import { defineCommand } from '../program/command.ts'
import { topics } from './topics.ts'

export const helpCommand = defineCommand({
  name: 'help',
  summary: 'explain a topic',
  description: 'Explains a topic; "gstd COMMAND --help" explains a command.',
  argument: { name: '[topic]', summary: Object.keys(topics).join(', ') },
  options: {},
  examples: Object.keys(topics).map((topic) => `gstd help ${topic}`),
  run: async (_context, _options, name) => {
    const list = Object.entries(topics)
      .map(([topic, { summary }]) => `  ${topic.padEnd(12)}${summary}`)
      .join('\n')
    if (name === '') {
      return {
        data: { topics: Object.keys(topics) },
        human: () => `Topics:\n${list}\n\n"gstd --help" lists the commands, "gstd COMMAND --help" explains one.`,
        quiet: Object.keys(topics).join('\n'),
      }
    }
    const topic = topics[name]
    if (topic === undefined) {
      throw new GstdError('USAGE_INVALID', `there is no topic "${name}"`, {
        hint: `topics are: ${Object.keys(topics).join(', ')}`,
        details: { next: 'gstd --help' },
      })
    }
    return { data: { topic: name, text: topic.text }, human: () => topic.text, quiet: topic.text }
  },
})
