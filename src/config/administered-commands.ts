import type { AdministeredEntry } from './administered.ts'
import type { KindFacts } from './environment.ts'
import type { ConfigFault } from './faults.ts'
import { entryOf, formatPath } from './tree.ts'

/**
 * Providers that run a program of this machine are named in the file only: whoever holds the admin key administers
 * Tollgate, and not the machine.
 */
export const commandFaults = (entries: readonly AdministeredEntry[], kinds: readonly KindFacts[]): ConfigFault[] =>
  entries.flatMap(({ kind, id, body }) => {
    if (kind !== 'provider') return []
    const facts = kinds.find((one) => one.kind === entryOf(body, 'kind'))
    if (!facts?.runsCommand && entryOf(body, 'claude_cli') === undefined) return []
    const path = formatPath(['providers', id, facts?.runsCommand ? 'kind' : 'claude_cli'])
    return [{ path, expected: 'to stand in the configuration file', found: 'it set through the admin API' }]
  })
