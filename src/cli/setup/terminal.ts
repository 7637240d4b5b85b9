import { closeSync, openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { err, ok, type Result } from '../../result.ts'

/** Somebody typed Ctrl-C, or the terminal went away. */
export const BROKEN_OFF = 'No answer was given. Nothing was changed.'

const ENTER = /[\r\n]/
const ERASE = /[\u007f\b]/
const CANCEL = '\u0003'
const TERMINALS = {
  windows: ['\\\\.\\CONIN$', '\\\\.\\CONOUT$'],
  others: ['/dev/tty', '/dev/tty'],
} as const

/**
 * Asks on the terminal itself, so that standard input and output may be anything. Fails with why there is none, or with
 * `BROKEN_OFF`.
 */
export const askOnTerminal = async (question: string, answer: 'shown' | 'unseen'): Promise<Result<string, string>> => {
  const [inputPath, outputPath] = process.platform === 'win32' ? TERMINALS.windows : TERMINALS.others
  try {
    const [input, output] = [openSync(inputPath, 'r'), openSync(outputPath, 'w')]
    const show = (text: string): void => void writeSync(output, text)
    try {
      return await readLine(new ReadStream(input), () => show(question), answer === 'shown' ? show : () => undefined)
    } finally {
      show('\n')
      closeSync(output)
    }
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
}

/** The line that is typed, once the echo is off and the question was put. */
const readLine = (reader: ReadStream, ask: () => void, echo: (text: string) => void): Promise<Result<string, string>> =>
  new Promise((resolve) => {
    let text = ''
    reader.setRawMode(true)
    ask()
    const end = (answer: Result<string, string>): void => {
      reader.setRawMode(false)
      // At once: left for later, Bun goes on reading and the process never ends.
      reader.destroy()
      resolve(answer)
    }
    reader.once('end', () => end(err(BROKEN_OFF)))
    reader.on('data', (chunk: Buffer) => {
      for (const char of chunk.toString()) {
        if (char === CANCEL) return end(err(BROKEN_OFF))
        if (ENTER.test(char)) return end(ok(text.trim()))
        const isErased = ERASE.test(char)
        echo(isErased ? (text === '' ? '' : '\b \b') : char)
        text = isErased ? text.slice(0, -1) : text + char
      }
    })
  })
