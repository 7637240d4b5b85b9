import { expect, test } from 'bun:test'
import { type Failure, failureOfStatus, RETRY_RULES, type RetryRule } from '../../src/routing/retry.ts'
import { codeIn, readDocument, section, tableRows } from './documents.ts'

const rows = tableRows(section(readDocument('docs/routing.md'), 'failures')).map(
  ([failure = '', upstream = '', next = '', held = '']) => ({ failure: codeIn(failure)[0], upstream, next, held }),
)

/** How the page says who is asked next. */
const nextOf = ({ otherKey, otherChannel }: RetryRule): string => {
  if (!otherChannel) return 'nobody'
  if (otherKey === 'never') return 'another channel'
  return otherKey === 'first' ? 'another key, then another channel' : 'another channel, then another key'
}

const BLAMED: Readonly<Record<string, string>> = {
  '': 'nobody',
  key: 'the key',
  'key-model': 'the key, for this model',
  model: "the channel's model",
  channel: 'the channel',
  'model channel': 'the channel and its model',
}

const EFFECTS: Readonly<Record<RetryRule['effect'], string>> = {
  count: '',
  wait: ': it waits',
  shun: ': asked last',
  disable: ': disabled',
}

/** How the page says who it is held against. */
const heldOf = ({ blames, effect }: RetryRule): string => `${BLAMED[blames.join(' ')]}${EFFECTS[effect]}`

/** What stands behind a semicolon is more than the table of rules says. */
const clause = (cell: string): string => cell.split(';')[0] ?? ''

test('the page on routing has the retry table, row by row', () => {
  expect(rows.map(({ failure }) => failure).sort()).toEqual(Object.keys(RETRY_RULES).sort())
  const said = rows.map(({ failure, next, held }) => [failure, clause(next), clause(held)])
  const meant = rows.map(({ failure }) => {
    const rule = RETRY_RULES[failure as Failure]
    return [failure, nextOf(rule), heldOf(rule)]
  })
  expect(said).toEqual(meant)
})

/** What a refusal says that "names" something. */
const NAMED: Readonly<Record<string, string>> = {
  'the model': 'model: x',
  moderation: 'flagged by moderation',
  'a policy': 'against our policy',
  'a file': 'this file',
  'a region': 'not in this region',
  'a parameter': 'this parameter',
  'reasoning state': '{"error":{"code":"invalid_encrypted_content"}}',
}

/** Every status that a row has, with each thing that it says the refusal names. */
const refusals = rows.flatMap(({ failure, upstream }) => {
  if (upstream.startsWith('(')) return []
  const statuses = (upstream.match(/\b\d(?:\d\d|xx)\b/g) ?? []).map((status) => Number(status.replace('xx', '18')))
  const [, named] = /that names (.*)/.exec(upstream) ?? []
  const texts = named === undefined ? [''] : named.split(/, | or /).map((each) => NAMED[each] ?? `no text for ${each}`)
  return statuses.flatMap((status) => texts.map((text) => ({ failure, status, text })))
})

test('the page on routing says of each status what it is taken for', () => {
  const taken = refusals.map(({ status, text }) => ({
    failure: failureOfStatus({ status, text, accountFaults: [] }),
    status,
    text,
  }))
  expect(taken as readonly object[]).toEqual(refusals)
  expect(new Set(refusals.map(({ status }) => status))).toEqual(
    new Set([400, 401, 402, 403, 404, 407, 408, 418, 429, 503, 518, 529]),
  )
})
