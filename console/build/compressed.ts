import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(?:js|css|html|svg|json|txt)$/
/** Below this, the header that says it is compressed costs more than it saves. */
const BYTES_MIN = 1_000

/** Writes `name.br` and `name.gz` beside every file of text, so that the server compresses nothing itself. */
export const compressed = (): Plugin => {
  let folder = ''
  return {
    name: 'tollgate-compressed',
    apply: 'build',
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir)
    },
    // Not when the bundle is closed: that is so where it failed, too, and nothing was written.
    writeBundle: async () => {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
      await Promise.all(files.map(compress))
    },
  }
}

const compress = async (path: string): Promise<void> => {
  const plain = readFileSync(path)
  if (plain.length < BYTES_MIN) return
  const brotli = await promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  writeFileSync(`${path}.br`, brotli)
  writeFileSync(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }))
}
