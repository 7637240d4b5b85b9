import { expect, test } from 'bun:test'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import type { AdministeredEntry } from './administered.ts'
import { commandFaults } from './administered-commands.ts'

const faultsOf = (entry: AdministeredEntry) => commandFaults([entry], Object.values(PROVIDER_KINDS))

test('whoever holds the admin key cannot make Tollgate run a program', () => {
  const body = { kind: 'claude-cli', claude_cli: { command: '/tmp/anything' } }
  expect(faultsOf({ kind: 'provider', id: 'p', body })).toMatchObject([{ path: 'providers.p.kind' }])
  const hidden = { kind: 'anthropic', claude_cli: { command: '/tmp/anything' } }
  expect(faultsOf({ kind: 'provider', id: 'p', body: hidden })).toMatchObject([{ path: 'providers.p.claude_cli' }])
})

test('other providers, and channels of any, can be administered', () => {
  expect(faultsOf({ kind: 'provider', id: 'p', body: { kind: 'anthropic' } })).toEqual([])
  expect(faultsOf({ kind: 'channel', id: 'c', body: { provider: 'local' } })).toEqual([])
})
