import { expect, test } from 'bun:test'
import type { CliAsk } from './ask.ts'
import { argumentsOf, askEnvironment, baseEnvironment, inputLine } from './command.ts'

const ASK: CliAsk = {
  model: 'sonnet',
  system: 'secret instructions',
  history: [],
  last: [],
  stream: true,
  outputTokensMax: 500,
  thinkingTokensMax: 0,
  effort: undefined,
  losses: [],
}

const after = (args: readonly string[], name: string): string | undefined => args[args.indexOf(name) + 1]

test('the command is given no variable but those it needs and those that are named', () => {
  const environment = {
    ...{ PATH: '/bin', HOME: '/home/op', LANG: 'C.UTF-8', CLAUDE_CONFIG_DIR: '/home/op/.claude' },
    ...{ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', TOLLGATE_ADMIN_KEY: 'k', DATABASE_URL: 'k', OWN: 'mine' },
  }
  const given = baseEnvironment(environment, ['OWN', 'ABSENT'])
  expect(given).toMatchObject({ PATH: '/bin', HOME: '/home/op', CLAUDE_CONFIG_DIR: '/home/op/.claude', OWN: 'mine' })
  expect(Object.values(given)).not.toContain('k')
  expect(Object.keys(given)).not.toContain('ABSENT')
})

test('what a file mention, an update or a hook could do is switched off', () => {
  expect(baseEnvironment({ CLAUDE_CODE_DISABLE_ATTACHMENTS: '0' }, ['CLAUDE_CODE_DISABLE_ATTACHMENTS'])).toMatchObject({
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    CLAUDE_CODE_SAFE_MODE: '1',
    DISABLE_AUTOUPDATER: '1',
  })
})

test('limits of output and thinking go with the request', () => {
  expect(askEnvironment(ASK)).toEqual({ CLAUDE_CODE_MAX_OUTPUT_TOKENS: '500', MAX_THINKING_TOKENS: '0' })
  expect(askEnvironment({ ...ASK, outputTokensMax: undefined, thinkingTokensMax: undefined })).toEqual({})
})

test('no tool is available unless the operator named it', () => {
  const none = argumentsOf(ASK, { tools: [] }, '/f')
  expect([after(none, '--tools'), none.includes('--allowedTools')]).toEqual(['', false])
  const some = argumentsOf(ASK, { tools: ['WebSearch', 'WebFetch'] }, '/f')
  expect([after(some, '--tools'), after(some, '--allowedTools')]).toEqual(['WebSearch,WebFetch', 'WebSearch,WebFetch'])
})

test('settings, servers, commands and sessions of the operator stay out, and instructions out of the arguments', () => {
  const args = argumentsOf(ASK, { tools: [] }, '/f')
  expect(after(args, '--setting-sources')).toBe('')
  expect(JSON.parse(after(args, '--settings') ?? '')).toMatchObject({ disableAllHooks: true })
  for (const flag of ['--strict-mcp-config', '--disable-slash-commands', '--no-session-persistence'])
    expect(args).toContain(flag)
  expect(args.join(' ')).not.toContain('secret')
})

test('words of the user are handed over as not typed, so that none of them is a command', () => {
  const turn = { role: 'user', content: [{ type: 'text', text: '/clear @/etc/passwd' }] } as const
  expect(JSON.parse(inputLine(turn, true))).toMatchObject({ type: 'user', message: turn, text_not_typed: true })
  expect(JSON.parse(inputLine(turn, true))).not.toHaveProperty('shouldQuery')
  expect(JSON.parse(inputLine(turn, false))).toMatchObject({ shouldQuery: false })
  expect(inputLine(turn, true).split('\n')).toHaveLength(2)
})
