import { CHAT, chatAnswer, replyJson, type Script, stream } from '../faults/scripted.ts'
import { END_MARK, FIRST_CONTENT, LAST_CONTENT } from './points.ts'

/// What the provider answers here.

/** 10 tokens at 3 USD a million and 5 at 15, in nano-dollars. */
export const COST = 105_000n

/** A whole answer. */
export const WHOLE = replyJson(chatAnswer())

/** A stream in three pieces and its end: each is sent when the client has the one before, so that no two arrive as one. */
export const inPieces = (clientHas: (text: string) => Promise<void>): Script =>
  stream(async (out) => {
    await out.write(CHAT.text(FIRST_CONTENT))
    await clientHas(FIRST_CONTENT)
    await out.write(CHAT.text(LAST_CONTENT))
    await clientHas(LAST_CONTENT)
    await out.write(CHAT.end(10, 5))
    await clientHas(END_MARK)
    out.end()
  })
