import { bufferOf } from '../../bytes.ts'
import { err, ok, type Result } from '../../result.ts'
import { parseAnswerHead } from './answer-head.ts'

const BYTES_MAX = 16_384
const END = '\r\n\r\n'

/**
 * A proxy's answer to `CONNECT` (RFC 9110 §9.3.6). After a 2xx every byte is the tunnel's, whatever its headers say of a
 * body; any other status is a refusal.
 */
export class ConnectAnswer {
  #text = ''

  /** Takes what has arrived. Says whether the tunnel is open; why not, where it will not be. */
  push(bytes: Uint8Array): Result<'open' | 'more', string> {
    this.#text += bufferOf(bytes).toString('latin1')
    for (;;) {
      const end = this.#text.indexOf(END)
      if (Math.max(end, end === -1 ? this.#text.length : 0) > BYTES_MAX) return err('the proxy answers without an end')
      if (end === -1) return ok('more')
      const head = parseAnswerHead(this.#text.slice(0, end), 'CONNECT')
      if (!head.ok) return err(`the proxy answers what is no HTTP: ${head.error}`)
      const { status } = head.value
      this.#text = this.#text.slice(end + END.length)
      if (status >= 200) return this.#judge(status)
    }
  }

  /** In TLS it is the client that speaks first: what is here already is not from the server that was asked for. */
  #judge(status: number): Result<'open', string> {
    if (status === 407) return err(CREDENTIALS_REFUSED)
    if (status > 299) return err(`the proxy answers ${status}`)
    return this.#text === '' ? ok('open') : err('the proxy says more than its answer')
  }
}

/** What a proxy's 407 is called in the log. */
export const CREDENTIALS_REFUSED = 'the proxy wants other credentials (407)'
