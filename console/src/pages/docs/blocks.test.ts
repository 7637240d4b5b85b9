import { describe, expect, test } from 'bun:test'
import { blocksOf, nameOf, targetOf } from './blocks.ts'

const headings = [
  { level: 2, text: 'One', anchor: 'one' },
  { level: 2, text: 'One', anchor: 'one-1' },
]

describe('blocks', () => {
  test('code that stands together is one thing in several languages, and other code is not', () => {
    const text = '```sh\na\n```\n\n```python\nb\n```\n\nWords.\n\n```js\nc\n```\n\n```js\nd\n```\n'
    const languages = blocksOf(text, []).map((block) =>
      block.kind === 'code' ? block.variants.map(({ language }) => language) : block.kind,
    )
    expect(languages).toEqual([['sh', 'python'], 'token', ['js'], ['js']])
  })

  test('headings have the anchors that the gateway gave them, and the title is left out', () => {
    const anchors = blocksOf('# Title\n\n## One\n\n## One\n', headings).map((block) =>
      block.kind === 'heading' ? block.anchor : undefined,
    )
    expect(anchors).toEqual(['one', 'one-1'])
  })

  test('code says what it is', () => {
    expect(nameOf({ language: 'sh', text: 'curl http://x' })).toBe('curl')
    expect(nameOf({ language: 'sh', text: 'export A=b' })).toBe('Shell')
    expect(nameOf({ language: 'js', text: '' })).toBe('JavaScript')
  })
})

test.each([
  ['/docs/errors.md#all', { kind: 'page', to: '/docs/errors', hash: 'all' }],
  ['/docs/clients/zed.md', { kind: 'page', to: '/docs/clients/zed', hash: undefined }],
  ['/console/keys', { kind: 'page', to: '/console/keys', hash: undefined }],
  ['#here', { kind: 'outside', href: '#here' }],
  ['/docs/api', { kind: 'outside', href: '/docs/api' }],
  ['https://example.com/a', { kind: 'outside', href: 'https://example.com/a' }],
  ['javascript:alert(1)', undefined],
  ['//evil.example', undefined],
  ['data:text/html,x', undefined],
])('the link %s leads to %p', (href, target) => {
  expect(targetOf(href)).toEqual(target as never)
})
