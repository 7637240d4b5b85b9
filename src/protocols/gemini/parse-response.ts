import type { Answer } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { createParser } from './parse-stream.ts'

/** Reads a whole answer of `generateContent`: it is a stream of one chunk. */
export const parseResponse = (body: JsonObject, source: Source): Answer => {
  const parser = createParser(source, true)
  return collect([...parser.push(body, ''), ...parser.end()])
}
