import { err, ok, type Result } from '../result.ts'
import type { Syntax } from './types.ts'
import type { Made } from './edit.ts'

/** A file that was changed: what it was, and what it was made to be. Sums are of `cksum`, over the bytes. */
export interface ChangedFile {
  readonly file: string
  readonly existed: boolean
  /** Its permissions before, as octal digits; `-` where there are none to keep. */
  readonly mode: string
  readonly sumAfter: string
  readonly made: readonly Made[]
}

/** What setting up one client did, kept beside the backups, so that whoever can read it can undo it. */
export interface Manifest {
  readonly client: string
  readonly base: string
  readonly model: string
  /** Folders that were made, in that order. */
  readonly folders: readonly string[]
  readonly files: readonly ChangedFile[]
}

const HEAD = 'tollgate-setup\t1'
const SYNTAXES: readonly string[] = ['json', 'toml', 'yaml', 'dotenv', 'block', 'whole'] satisfies Syntax[]

/** Lines of fields with tabs between: shells read them as well. */
export const renderManifest = ({ client, base, model, folders, files }: Manifest): string =>
  [
    HEAD,
    `client\t${client}`,
    `base\t${base}`,
    `model\t${model}`,
    ...folders.map((folder) => `folder\t${folder}`),
    ...files.flatMap(({ file, existed, mode, sumAfter, made }, index) => [
      `file\t${index + 1}\t${existed ? 'present' : 'absent'}\t${mode}\t${sumAfter}\t${file}`,
      ...made.map(
        (one) =>
          `${one.ifAbsent ? 'given' : 'made'}\t${index + 1}\t${one.syntax}\t${pointerOf(one.path)}\t${escapeLines(one.value)}`,
      ),
    ]),
    '',
  ].join('\n')

/** Reads one, or says what is wrong with it. */
export const parseManifest = (text: string): Result<Manifest, string> => {
  const [head, ...lines] = text.split('\n').map((line) => line.replace(/\r$/, ''))
  if (head !== HEAD) return err('was written by another version of the set-up')
  const rows = lines.filter((line) => line !== '').map((line) => line.split('\t'))
  const one = (name: string): string => rows.find(([kind]) => kind === name)?.[1] ?? ''
  const made = rows.filter(([kind]) => kind === 'made' || kind === 'given')
  if (made.some(([, , syntax = '']) => !SYNTAXES.includes(syntax))) return err('names a syntax nobody knows')
  const files = rows
    .filter(([kind]) => kind === 'file')
    .map(
      ([, index, state, mode = '-', sumAfter = '', ...file]): ChangedFile => ({
        file: file.join('\t'),
        existed: state === 'present',
        mode,
        sumAfter,
        made: made
          .filter(([, of]) => of === index)
          .map(([kind, , syntax, path = '', value = '']) => ({
            ifAbsent: kind === 'given',
            syntax: syntax as Syntax,
            path: pathOf(path),
            value: unescapeLines(value),
          })),
      }),
    )
  const folders = rows.filter(([kind]) => kind === 'folder').map(([, folder = '']) => folder)
  return ok({ client: one('client'), base: one('base'), model: one('model'), folders, files })
}

/** A path as RFC 6901 writes it; `-` for one without names, since fields between tabs are never empty. */
export const pointerOf = (path: readonly string[]): string =>
  path.length === 0 ? '-' : path.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const pathOf = (pointer: string): readonly string[] =>
  pointer === '-'
    ? []
    : pointer
        .split('/')
        .slice(1)
        .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Lines of a value in one field: `\n` between them, `\\` for a backslash. */
export const escapeLines = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const unescapeLines = (text: string): string => text.replace(/\\([\\n])/g, (_, char) => (char === 'n' ? '\n' : '\\'))

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1
  return value
})

/** What `cksum` of POSIX prints about these bytes: sum and size. */
export const cksum = (bytes: Uint8Array): string => {
  let sum = 0
  const take = (byte: number): void => {
    sum = (sum << 8) ^ (TABLE[((sum >>> 24) ^ byte) & 0xff] ?? 0)
  }
  for (const byte of bytes) take(byte)
  for (let size = bytes.length; size > 0; size = Math.floor(size / 256)) take(size & 0xff)
  return `${~sum >>> 0} ${bytes.length}`
}
