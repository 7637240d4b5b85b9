import { isBaseUrl } from './plan.ts'
import { renderTable } from './table-text.ts'
import type { Client } from './types.ts'

/** What a script is made of: the parts of its program, by the names of their files. */
export type Parts = Readonly<Record<string, string>>

/** What a script is made for. */
export interface ScriptFor {
  /** The gateway's public address; `undefined`: nobody knows it, and whoever runs the script has to say. */
  readonly base: string | undefined
  /** Which client it sets up when none is named. */
  readonly client: string | undefined
  readonly clients: readonly Client[]
  readonly version: string
}

export const SHELL_PARTS = ['setup-1-start.sh', 'setup-2-files.sh', 'setup-3-gateway.sh', 'setup-4-actions.sh'] as const
export const AWK_PARTS = ['edit-main.awk', 'edit-json.awk', 'edit-lines.awk'] as const

export const POWERSHELL_PARTS = [
  ...['edit-json.cs', 'edit-lines.cs', 'setup-files.cs', 'setup-client.cs', 'setup-main.cs'],
  'setup.ps1',
] as const

const joined = (parts: Parts, names: readonly string[]): string => names.map((name) => parts[name] ?? '').join('\n')

/** A base URL that can stand in any script without quoting; anything else is left out. */
const safeBase = (base: string | undefined): string => {
  const trimmed = (base ?? '').replace(/\/+$/, '')
  return isBaseUrl(trimmed) ? trimmed : ''
}

/** The script for shells. Everything is inside functions until its last line: half of it does nothing. */
export const renderShell = (parts: Parts, { base, client, clients, version }: ScriptFor): string =>
  [
    '#!/bin/sh',
    `# Sets up ${client ?? 'a client'} on this machine for the gateway ${safeBase(base) || 'of --base-url'}. Options: --help`,
    `BASE='${safeBase(base)}'`,
    `CLIENT='${client ?? ''}'`,
    `VERSION='${version}'`,
    'table() {',
    "  cat <<'TOLLGATE_TABLE'",
    renderTable(clients),
    'TOLLGATE_TABLE',
    '}',
    'edit_program() {',
    "  cat <<'TOLLGATE_EDIT'",
    joined(parts, AWK_PARTS).trimEnd(),
    'TOLLGATE_EDIT',
    '}',
    joined(parts, SHELL_PARTS).trimEnd(),
    '',
    'main "$@"',
    '',
  ].join('\n')

/** The script for PowerShell, from Windows PowerShell 5.1 on. Its program is C#, which every Windows can compile. */
export const renderPowerShell = (parts: Parts, { base, client, clients, version }: ScriptFor): string =>
  [
    `# Sets up ${client ?? 'a client'} on this machine for the gateway ${safeBase(base) || 'of -BaseUrl'}.`,
    '# Words: setup (when left out), undo, doctor, list.',
    'param(',
    '    [Parameter(Position = 0)] [string] $First,',
    '    [Parameter(Position = 1)] [string] $Second,',
    '    [string] $BaseUrl,',
    '    [string] $Model,',
    '    [switch] $DryRun,',
    '    [switch] $Anyway,',
    '    [switch] $Force,',
    '    [switch] $KeyStdin',
    ')',
    `$DefaultBase = '${safeBase(base)}'`,
    `$DefaultClient = '${client ?? ''}'`,
    `$Version = '${version}'`,
    "$Table = @'",
    renderTable(clients),
    "'@",
    "$Program = @'",
    joined(
      parts,
      POWERSHELL_PARTS.filter((name) => name.endsWith('.cs')),
    ).trimEnd(),
    "'@",
    (parts['setup.ps1'] ?? '').trimEnd(),
    '',
  ].join('\n')
