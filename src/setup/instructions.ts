import { isFor } from './plan.ts'
import type { Change, Client, Place, System } from './types.ts'

/** What a page about setting up a client is filled in with. */
export interface PageFor {
  /** The gateway's address, or a word that stands for it. */
  readonly base: string
  readonly model: string
}

const SYSTEMS: readonly (readonly [System, string])[] = [
  ['linux', 'Linux'],
  ['macos', 'macOS'],
  ['windows', 'Windows'],
]

/** The commands that set up a client, for each kind of machine. `client` is its id, or a word that stands for one. */
export const commandsOf = (base: string, client: string): Readonly<Record<'unix' | 'windows' | 'npx', string>> => ({
  unix: `curl -fsSL ${base}/setup/${client}.sh | sh`,
  windows: `irm ${base}/setup/${client}.ps1 | iex`,
  npx: `npx tollgate setup ${client} --base-url ${base}`,
})

/** A page of Markdown that says how to set up a client: by one command, and by hand. */
export const renderInstructions = (client: Client, page: PageFor): string => {
  const fill = (text: string): string =>
    text
      .replace(/\{model:[^}]+\}/g, '{model}')
      .replaceAll('{base}', page.base)
      .replaceAll('{model}', page.model)
      .replaceAll('{key}', 'sk-tg-YOUR-KEY')
  const steps = fill(client.steps.join('\n'))
  const parts =
    client.changes.length === 0
      ? [
          `${client.name} is set up by hand:`,
          steps,
          'These commands send a test request and say whether it arrived:',
          byCommand(client, page),
        ]
      : [byCommand(client, page), steps, 'By hand, the same comes to this:', ...byHand(client, fill)]
  return [`# ${client.name}`, ...parts, ''].join('\n\n')
}

const byCommand = (client: Client, { base }: PageFor): string => {
  const { unix, windows, npx } = commandsOf(base, client.id)
  return [
    ...[
      'On macOS and Linux:',
      '',
      '```sh',
      unix,
      '```',
      '',
      'In PowerShell on Windows:',
      '',
      '```powershell',
      windows,
      '```',
      '',
    ],
    ...['Or, where Tollgate itself is installed:', '', '```sh', npx, '```', ''],
    'Each asks for your key, which is not shown, keeps what was there before, and sends a test request. With `undo` at',
    `its end (\`… | sh -s -- undo\`, \`npx tollgate setup undo ${client.id}\`) everything is as it was; with \`doctor\` it looks`,
    'for what is wrong.',
  ].join('\n')
}

const byHand = (client: Client, fill: (text: string) => string): readonly string[] => {
  const rows = client.changes
    .filter(({ ifAbsent }) => ifAbsent !== true)
    .map(
      (change) =>
        `| ${placesOf(change)} | ${cell(fill(change.path.join(' → ') || '(the file)'))} | ${cell(fill(change.value))} | ${whenOf(change)} |`,
    )
  return [['| file | name | value | when |', '|---|---|---|---|', ...rows].join('\n')]
}

const cell = (text: string): string => `\`${text.replaceAll('|', '\\|').replaceAll('\n', ' ⏎ ')}\``

const whenOf = ({ when }: Change): string => {
  if (when === undefined) return 'always'
  const [kind, name] = when.split(' ')
  return kind === 'extension' ? `with the extension ${name} of VS Code` : `with the shell ${name}`
}

const placesOf = ({ place, systems }: Change): string => {
  const names = SYSTEMS.filter(([system]) => isFor(systems, system)).map(([, name]) => name)
  return `\`${pathOf(place)}\`${names.length === SYSTEMS.length ? '' : ` (${names.join(', ')})`}`
}

const pathOf = ({ folder, names }: Place): string => `${folder}/${names[0]}`
