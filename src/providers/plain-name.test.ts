import { expect, test } from 'bun:test'
import { plainName } from './plain-name.ts'

test.each([
  ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929-v1:0'],
  ['anthropic.claude-3-5-sonnet-20240620-v1:0', 'claude-3-5-sonnet-20240620-v1:0'],
  ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5-20250929'],
  ['claude-opus-4-8@default', 'claude-opus-4-8-default'],
  ['openai/gpt-5.1', 'gpt-5.1'],
  ['openai.gpt-oss-120b-1:0', 'gpt-oss-120b-1:0'],
  ['accounts/fireworks/models/kimi-k2p6', 'kimi-k2.6'],
  ['moonshotai/Kimi-K3', 'kimi-k3'],
  ['MiniMax-M3', 'minimax-m3'],
  ['models/gemini-2.5-pro', 'gemini-2.5-pro'],
  ['grok-4.20', 'grok-4.20'],
  ['qwen3.6-plus', 'qwen3.6-plus'],
])('%s is compared as %s', (name, plain) => {
  expect(plainName(name)).toBe(plain)
})
