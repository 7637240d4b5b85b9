import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { type ConsoleEndpoints, createConsole } from '../http/console.ts'

const FOLDER = fileURLToPath(new URL('../../console/dist', import.meta.url))

/** The web console, served from where `npm run console` builds it. */
export const openConsole = (log: Logger): ConsoleEndpoints =>
  createConsole({ folder: FOLDER, report: (problem) => log.warn(problem) })
