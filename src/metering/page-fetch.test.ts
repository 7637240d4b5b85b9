import { expect, test } from 'bun:test'
import type { UpstreamFormat } from '../canon/operation.ts'
import { scanObject } from '../canon/scan-object.ts'
import { fetchesPages } from './page-fetch.ts'

const fetches = (tools: string, format: UpstreamFormat = 'anthropic-messages'): boolean => {
  // In the middle of a larger buffer, as a body read from a connection is.
  const body = new TextEncoder().encode(`xx{"model":"m","tools":${tools},"messages":[]}`).subarray(2)
  const scan = scanObject(body, { depthMax: 20 })
  if (!scan.ok) throw new Error(scan.error.message)
  return fetchesPages(scan.value, format)
}

test.each([
  ['[{"type":"web_fetch_20250910","name":"web_fetch"}]'],
  ['[{"name":"web_fetch","type" : "web_f\\u0065tch_20260209"}]'],
  ['[{"url_context" : {}}]'],
  ['[{"googleSearch":{}},{"urlContext":{}}]'],
])('%s lets the provider fetch pages', (tools) => {
  expect([fetches(tools), fetches(tools, 'gemini')]).toEqual([true, true])
  expect([fetches(tools, 'openai-chat'), fetches(tools, 'bedrock-converse')]).toEqual([false, false])
})

test.each([
  ['[{"name":"web_fetch","input_schema":{"type":"object"}}]'],
  ['[{"type":"custom","name":"web_fetch_2","description":"\\u00e4 page"}]'],
  ['[{"functionDeclarations":[{"name":"urlContext"}]}]'],
  ['[]'],
])('%s does not', (tools) => {
  expect([fetches(tools), fetches(tools, 'gemini')]).toEqual([false, false])
})
