import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { sourceFiles, writtenFiles } from './tidy/files.ts'

/** Layers from left to right: a folder may import what stands to its left, and its own. */
const LAYERS: readonly (readonly string[])[] = [
  ['units', 'result', 'errors', 'bytes', 'version'],
  ['canon', 'streams'],
  ['protocols'],
  ['providers'],
  ['translation'],
  [
    'upstream',
    'routing',
    'limits',
    'metering',
    'metrics',
    'counters',
    'ledger',
    'db',
    'keys',
    'receipts',
    'capture',
    'config',
    'runtime',
    'logs',
    'mail',
    'accounts',
    'setup',
  ],
  ['gateway'],
  ['alerts', 'batches'],
  ['http'],
  ['app'],
  ['cli', 'main'],
]

/** Imports within the fifth layer, where order matters too: what talks to the outside is not known to what decides. */
const SAME_LAYER: Readonly<Record<string, readonly string[]>> = {
  upstream: [],
  routing: ['upstream'],
  limits: ['runtime'],
  metering: [],
  metrics: [],
  counters: ['metering'],
  ledger: ['db', 'runtime'],
  db: ['counters', 'keys', 'ledger', 'runtime'],
  keys: ['db', 'ledger'],
  receipts: ['metering', 'db'],
  capture: ['db', 'keys', 'upstream'],
  // What rules and addresses say is checked by the code that follows them.
  config: ['routing', 'upstream'],
  runtime: ['metering', 'upstream'],
  logs: ['config'],
  mail: [],
  accounts: ['config', 'db', 'mail'],
  setup: [],
}

/** Folders that touch no clock, network, database, file or environment. */
const PURE = ['canon', 'protocols', 'translation', 'metering', 'counters', 'limits', 'routing', 'setup']
const IMPURE =
  /\b(Date\.now|performance\.now|process\.|setTimeout|setInterval|fetch\(|Math\.random|node:(fs|net|http|child_process))/

const partOf = (path: string): string => path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
const layerOf = (part: string): number => LAYERS.findIndex((layer) => layer.includes(part))

const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '')

/** What is wrong with the imports of one file, in words. */
const faultsOf = (path: string, text: string): readonly string[] => {
  const part = partOf(path)
  const layer = layerOf(part)
  if (layer === -1) return [`${path}: folder ${part} has no place in the layers`]
  const wrong = importsOf(text).flatMap((target) => {
    const other = partOf(normalize(join(dirname(path), target)))
    if (other === part || layerOf(other) < layer) return []
    if (layerOf(other) === layer && SAME_LAYER[part]?.includes(other)) return []
    // app.ts and main.ts are one file each; cli starts main.
    if (part === 'cli' && other === 'main') return []
    return [`${path} imports ${target}: ${part} may not know ${other}`]
  })
  const impure = PURE.includes(part) ? IMPURE.exec(text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')) : null
  return impure ? [...wrong, `${path}: ${impure[0]} in a pure folder`] : wrong
}

/** What is wrong with the imports of a file of the console: it knows itself and packages, and no page knows another. */
const consoleFaultsOf = (path: string, text: string): readonly string[] =>
  importsOf(text).flatMap((target) => {
    const other = normalize(join(dirname(path), target))
    if (!other.startsWith('console/src/'))
      return [`${path} imports ${target}: the console may know nothing of the gateway`]
    const [pages, otherPage] = [pageOf(path), pageOf(other)]
    const isRouteTable = path === 'console/src/app/routes.ts'
    if (otherPage === undefined || pages === otherPage || isRouteTable) return []
    return [`${path} imports ${target}: it is of another page`]
  })

/** The folder of the page that a file of the console belongs to. */
const pageOf = (path: string): string | undefined => /^console\/src\/pages\/((?:admin\/)?[^/]+)\//.exec(path)?.[1]

describe('architecture', () => {
  test('every import points to the left', () => {
    const faults = sourceFiles('src').flatMap((path) => faultsOf(path, readFileSync(path, 'utf8')))
    expect(faults).toEqual([])
  })

  test('the console imports nothing of the gateway, and no page another', () => {
    const faults = writtenFiles('console/src').flatMap((path) => consoleFaultsOf(path, readFileSync(path, 'utf8')))
    expect(faults).toEqual([])
  })

  test('a planted violation of the console is found', () => {
    const planted = [
      consoleFaultsOf('console/src/api/planted.ts', "import { fault } from '../../../src/errors.ts'"),
      consoleFaultsOf('console/src/pages/keys/planted.ts', "import { row } from '../logs/row.tsx'"),
      consoleFaultsOf('console/src/ui/planted.ts', "import { row } from '../pages/logs/row.tsx'"),
    ]
    expect(planted.map((faults) => faults.length)).toEqual([1, 1, 1])
    expect(consoleFaultsOf('console/src/pages/keys/a.ts', "import { b } from './b.ts'")).toEqual([])
  })

  test('a planted violation is found', () => {
    const planted = [
      faultsOf('src/canon/planted.ts', "import { handle } from '../gateway/handle.ts'"),
      faultsOf('src/protocols/planted.ts', "import { KINDS } from '../providers/kinds.ts'"),
      faultsOf('src/metering/planted.ts', 'const now = Date.now()'),
      faultsOf('src/helpers/planted.ts', ''),
    ]
    expect(planted.map((faults) => faults.length)).toEqual([1, 1, 1, 1])
  })
})
