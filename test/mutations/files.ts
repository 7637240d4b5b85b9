import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { reachedFrom } from './rungs.ts'

/** All codecs, and what they are used with. */
const CODECS = 'src/protocols/codecs.ts'
const TRANSLATION = 'src/translation'
const FORMATS = 'src/protocols/'

/** The files that map one format to another: codecs with all that they import of formats, and the translation. */
export const mappingFiles = (root: string): readonly string[] => {
  const codecs = [...reachedFrom(root, CODECS)].filter((path) => path.startsWith(FORMATS))
  const translation = existsSync(join(root, TRANSLATION)) ? readdirSync(join(root, TRANSLATION)) : []
  const own = translation.filter((name) => !name.endsWith('.test.ts')).map((name) => `${TRANSLATION}/${name}`)
  return [...codecs, ...own].sort()
}
