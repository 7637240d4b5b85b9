import { escapeLines, pointerOf } from './manifest.ts'
import type { Change, Client, Place, System } from './types.ts'

const systemsOf = (systems: readonly System[] | undefined): string => systems?.join(',') ?? 'any'
const placeOf = ({ variable, folder, names }: Place): readonly string[] => [variable ?? '-', folder, names.join('|')]
const words = (list: readonly string[]): string => (list.length === 0 ? '-' : list.join(' '))

const changeOf = ({ systems, place, syntax, path, value, when, ifAbsent }: Change): string =>
  [
    ...['E', systemsOf(systems), ...placeOf(place), syntax, pointerOf(path), escapeLines(value)],
    ...[ifAbsent ? 'given' : 'set', when ?? '-'],
  ].join('\t')

/**
 * The table of clients as scripts read it: a line for each thing, fields between tabs, `-` for nothing. C: client; P:
 * models it prefers; S: signs of it; E: changes; W: variables in its way; T: steps by hand.
 */
export const renderTable = (clients: readonly Client[]): string =>
  clients
    .flatMap((client) => [
      [
        'C',
        client.id,
        client.name,
        client.format,
        client.auth,
        client.program ?? '-',
        client.remote ? 'remote' : '-',
      ].join('\t'),
      `P\t${words(client.prefers)}`,
      ...client.signs.map(({ systems, place }) => ['S', systemsOf(systems), ...placeOf(place)].join('\t')),
      ...client.changes.map(changeOf),
      ...client.conflicts.map((name) => `W\t${name}`),
      ...client.steps.map((step) => `T\t${step}`),
    ])
    .join('\n')
