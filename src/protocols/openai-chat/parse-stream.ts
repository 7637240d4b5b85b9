import type { Source, StreamParser } from '../../canon/codec.ts'
import { createAnswerReader } from './read-answer.ts'

/** Reads the chunks of a streamed answer. One that ends without a finish reason broke off. */
export const parseStream = (source: Source): StreamParser => createAnswerReader(source, false)
