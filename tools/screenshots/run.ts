/**
 * `npm run screenshots`: starts a gateway that looks used, and takes every page of the console at the width of a phone, a
 * laptop and a large screen into `docs/screenshots`. `-- --out FOLDER --format png --only keys,usage` for a look.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBrowser } from '../../test/console/browser.ts'
import { buildConsole } from '../../test/console/stand.ts'
import { startDemo } from './demo.ts'
import { listOf } from './list.ts'
import { shotsOf } from './shots.ts'
import { createStudio } from './studio.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(import.meta.dirname, '..', '..', 'docs', 'screenshots') },
    format: { type: 'string', default: 'webp' },
    only: { type: 'string', default: '' },
  },
})

const only = values.only.split(',').filter((name) => name !== '')
mkdirSync(values.out, { recursive: true })
buildConsole()
const demo = await startDemo()
const browser = await openBrowser()
try {
  const studio = await createStudio(browser, demo, values.format === 'png' ? 'png' : 'webp')
  const shots = shotsOf(demo).filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)))
  let bytes = 0
  for (const shot of shots) {
    const picture = await studio.take(shot)
    bytes += picture.length
    writeFileSync(join(values.out, `${shot.name}.${values.format}`), picture)
    process.stdout.write(`${shot.name} ${Math.ceil(picture.length / 1_024)} KB\n`)
  }
  if (only.length === 0) writeFileSync(join(values.out, 'README.md'), listOf(shots, values.format))
  process.stdout.write(`${shots.length} pictures, ${(bytes / 1_048_576).toFixed(1)} MB\n`)
  for (const complaint of studio.complaints) process.stdout.write(`complaint: ${complaint}\n`)
} finally {
  await browser.close()
  await demo.stop()
}
