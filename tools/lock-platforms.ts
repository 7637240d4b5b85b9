/**
 * Completes package-lock.json: `npm run lock-platforms`, after every `npm install` that changed it. A package with
 * native code names one package for each platform, all optional; npm leaves out of the lock those that its registry does
 * not carry, and `npm ci` then refuses the lock on a machine where they are wanted.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { completeLock, type Lock } from './lock-platforms-complete.ts'

const PATH = new URL('../package-lock.json', import.meta.url)

const lock: Lock = JSON.parse(readFileSync(PATH, 'utf8'))
const { completed, added } = completeLock(lock)
if (added.length > 0) writeFileSync(PATH, `${JSON.stringify(completed, null, 2)}\n`)
process.stdout.write(added.length === 0 ? 'the lock is complete\n' : `added ${added.join(', ')}\n`)
