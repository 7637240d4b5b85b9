import type { Logger } from 'pino'
import type { Config, ProviderConfig } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { type ClaudeCli, createClaudeCli } from '../providers/claude-cli/send.ts'
import type { ProviderKind } from '../providers/types.ts'
import { createFolders } from '../runtime/process-folders.ts'
import { startProcess } from '../runtime/process.ts'

export interface CommandParts {
  readonly environment: Environment
  /** Something the log should know of a provider's program. */
  readonly note: (providerId: string, message: string) => void
}

/** The programs that answer for providers, of every edition of the configuration. */
export interface Commands {
  /** Answers a request to an address of `commandUrl`. */
  fetch(request: Request): Promise<Response>
  /** What the operator is to do for a provider's program to answer; `undefined`: nothing, or it has none. */
  fault(providerId: string): Promise<string | undefined>
  /** From now on these count. */
  use(config: Pick<Config, 'providers'>): void
  /** Ends all that run. */
  close(): Promise<void>
}

/** Where a provider that runs a program is asked: its own path of an address that leads nowhere. */
export const commandUrl = ({ baseUrl }: ProviderKind, providerId: string): string =>
  `${baseUrl}/${encodeURIComponent(providerId)}`

/** Writes to the log what it should know. */
export const commandNotes =
  (log: Logger): CommandParts['note'] =>
  (provider, message) =>
    log.warn({ part: 'claude-cli', provider }, message)

export const openCommands = ({ environment, note }: CommandParts): Commands => {
  const programs = new Map<string, ClaudeCli>()
  const open = (id: string, { claudeCli }: ProviderConfig): ClaudeCli =>
    createClaudeCli({
      settings: claudeCli,
      start: startProcess,
      folders: createFolders('tollgate-claude'),
      environment,
      note: (message) => note(id, message),
      nowMs: Date.now,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
    })
  return {
    fetch: async (request) => {
      const [, id = ''] = new URL(request.url).pathname.split('/')
      const program = programs.get(decodeURIComponent(id))
      if (!program) throw new Error('a request to a program of a provider that has none')
      return program.fetch(request)
    },
    fault: async (id) => programs.get(id)?.fault(),
    use: ({ providers }) => {
      for (const [id, provider] of providers) {
        if (!PROVIDER_KINDS[provider.kind]?.runsCommand) continue
        const known = programs.get(id)
        if (known) known.use(provider.claudeCli)
        else programs.set(id, open(id, provider))
      }
    },
    close: async () => {
      await Promise.all([...programs.values()].map((program) => program.close()))
    },
  }
}
