import { BY_HAND } from './clients-by-hand.ts'
import { EDITORS } from './clients-editors.ts'
import { TERMINALS } from './clients-terminal.ts'
import type { Client } from './types.ts'

/**
 * Every client that can be set up. A row is all there is to say about one: the command, the scripts and the pages are
 * made from it.
 */
export const CLIENTS: readonly Client[] = [...TERMINALS, ...EDITORS, ...BY_HAND]

/** The client of a name. */
export const clientOf = (id: string): Client | undefined => CLIENTS.find((client) => client.id === id)
