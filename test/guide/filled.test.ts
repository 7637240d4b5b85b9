import { expect, test } from 'bun:test'
import { blocksOf } from '../../console/src/pages/docs/blocks.ts'
import { fillPage as fillInConsole } from '../../console/src/pages/docs/fill.ts'
import { type Fillings, fillPage } from '../../src/http/docs-fill.ts'
import { pages } from './pages.ts'

const values: Fillings = {
  base_url: 'https://llm.example.com',
  model: 'house-model',
  alias: 'house/smart',
  embedding_model: 'e',
  image_model: 'i',
  speech_model: 's',
  transcription_model: 't',
}

test('the console fills pages in as the gateway does, without a key and with one', () => {
  for (const { slug, markdown } of pages) {
    for (const given of [values, { ...values, api_key: 'sk-tg-mine' }])
      expect([slug, fillInConsole(markdown, { ...given })]).toEqual([slug, fillPage(markdown, given)])
  }
})

test('the console gives every heading of a page the anchor that links name', () => {
  for (const { slug, markdown, headings } of pages) {
    const shown = blocksOf(markdown, headings).flatMap((block) => (block.kind === 'heading' ? [block] : []))
    expect([slug, shown.map(({ anchor }) => anchor)]).toEqual([slug, headings.map(({ anchor }) => anchor)])
  }
})

test('no page has HTML in it: it would be shown as text', () => {
  for (const { slug, markdown } of pages) {
    const html = blocksOf(markdown, []).flatMap((block) =>
      block.kind === 'token' && block.token.type === 'html' ? [block.token.raw] : [],
    )
    expect([slug, html]).toEqual([slug, []])
  }
})
