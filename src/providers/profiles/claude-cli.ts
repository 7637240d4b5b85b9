/** The operator's `claude` command: what of Messages it can be asked, whatever the model. */
import type { ProfileRow } from './row.ts'

export const CLAUDE_CLI_ROWS: readonly ProfileRow[] = [
  {
    models: ['*'],
    kinds: ['claude-cli'],
    formats: ['anthropic-messages'],
    overrides: true,
    profile: {
      temperature: 'fixed',
      topP: 'fixed',
      topK: false,
      stopMax: 0,
      prefill: false,
      laterSystem: false,
      structured: 'none',
      // It marks what it sends by itself.
      cacheMarks: 'none',
      user: false,
      serviceTier: false,
      webSearch: false,
      tools: { functions: false, custom: false, strict: false },
    },
  },
]
