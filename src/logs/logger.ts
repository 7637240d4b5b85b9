import { type DestinationStream, type Logger, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { Config } from '../config/load.ts'
import { redact } from '../config/redact.ts'

/** Where log lines go: standard error, or whatever a test reads. Standard output is kept for the line that says "ready". */
export interface LogStream {
  write(line: string): unknown
  readonly isTTY?: boolean | undefined
}

/** Fields that hold what people wrote. They are dropped unless `log.bodies` is on. */
const BODY_FIELDS: ReadonlySet<string> = new Set(['body', 'requestBody', 'responseBody', 'answerBody'])

const withoutBodies = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !BODY_FIELDS.has(name)))

/**
 * The logger: JSON lines, or coloured ones for people on a terminal. Every line is rid of credentials as its last step,
 * so that none gets out through a message, an error or a header somebody logged.
 */
export const createLogger = (log: Config['log'], stream: LogStream): Logger => {
  const pretty = log.format === 'pretty' || (log.format === 'auto' && stream.isTTY === true)
  return pino(
    {
      level: log.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: log.bodies ? (fields) => fields : withoutBodies,
      },
      hooks: { streamWrite: redact },
    },
    pretty ? prettyDestination(stream) : { write: (line) => void stream.write(line) },
  )
}

/** Formats in this thread, line by line: a worker would lose the last lines of a process that ends. */
const prettyDestination = (stream: LogStream): DestinationStream => {
  const format = prettyFactory({
    colorize: stream.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
  return {
    write: (line) => {
      const formatted = format(line)
      if (formatted !== undefined) stream.write(formatted)
    },
  }
}
