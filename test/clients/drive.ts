import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Gateway } from '../harness/gateway.ts'
import type { Case } from './cases.ts'
import { isNative } from './cases.ts'
import { faultsOfRun, type Receipt } from './checks.ts'
import { installedFolder, scriptsFolder } from './folders.ts'
import type { Mock, Scene } from './mock.ts'
import { type Exchange, startRecorder } from './recorder.ts'
import { placeOf } from './served.ts'
import { createStory, type Story } from './upstream/story.ts'

const CLIENT_TIMEOUT_SECONDS = 150
const SETTLE_TIMEOUT_MS = 5_000
const OUTPUT_CHARACTERS_MAX = 200_000

/** What became of one case: how long the client took, what it left behind, and everything that was wrong. */
export interface Outcome {
  readonly seconds: number
  readonly requests: number
  /** Pieces of reasoning state that came back byte for byte. */
  readonly statesKept: number
  readonly receipts: readonly Receipt[]
  readonly faults: readonly string[]
  /** Everything the upstream got, and what client and gateway said to each other where that was recorded. */
  readonly scene: Scene
  readonly exchanges: readonly Exchange[]
}

export interface Script {
  readonly code: number | null
  readonly output: string
}

export interface Stage {
  readonly gateway: Gateway
  readonly mock: Mock
  readonly userId: string
  /** Which of those that work side by side. */
  readonly worker: number
  /** Whether everything between client and gateway is written down. */
  readonly records: boolean
}

interface Errand {
  readonly url: string
  readonly key: string
  readonly prompt: string
  readonly expect: string
  readonly env: Readonly<Record<string, string>>
}

const runScript = ({ client, scenario }: Case, worker: number, errand: Errand): Promise<Script> =>
  new Promise((resolve, reject) => {
    const child = spawn('bash', [join(scriptsFolder(), `${client.script}.sh`)], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LANG: 'C.UTF-8',
        CLIENTS: installedFolder(),
        BASE_URL: errand.url,
        API_KEY: errand.key,
        TIMEOUT: String(CLIENT_TIMEOUT_SECONDS),
        // A home of its own, so that a run beside this one is left alone.
        HOME_TAG: `-tollgate-${worker}`,
        SCENARIO: scenario.rounds.length > 0 ? 'tool' : 'text',
        PROMPT: errand.prompt,
        EXPECT: errand.expect,
        ...client.env,
        ...errand.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString()
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })

/** Receipts are written as requests settle, which is a moment after the client has its answer. */
const receiptsOf = async (gateway: Gateway, keyId: string, expected: number): Promise<Receipt[]> => {
  const deadlineMs = Date.now() + SETTLE_TIMEOUT_MS
  for (;;) {
    const receipts = (await gateway.requests({ key_id: keyId })) as Receipt[]
    if (receipts.length >= expected || Date.now() > deadlineMs) return receipts
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const TOKEN_CHARACTERS = 'abcdefghjkmnpqrstuvwxyz'
const newToken = (): string =>
  `j${[...crypto.getRandomValues(new Uint8Array(7))].map((byte) => TOKEN_CHARACTERS[byte % TOKEN_CHARACTERS.length]).join('')}`

type Access = Pick<Errand, 'url' | 'key'>

const play = async (one: Case, worker: number, access: Access, story: Story): Promise<readonly Script[]> => {
  const { scenario, client, prompt, expect } = one
  const asked = prompt ?? `Job ${story.token}: look after it, and tell me in one line how it went.`
  const first = await runScript(one, worker, { ...access, prompt: asked, expect: expect ?? story.ending, env: {} })
  if (!scenario.later || first.code !== 0) return [first]
  story.continueWith(scenario.later, client.forgets === true)
  const env = { KEEP_HOME: '1', EXTRA_ARGS: client.resume ?? '' }
  const again = { ...access, prompt: `Again: job ${story.token}.`, expect: story.ending, env }
  return [first, await runScript(one, worker, again)]
}

/** Runs one client to its end against the gateway and looks at what it left: an answer, receipts, and nothing else. */
export const drive = async (one: Case, { gateway, mock, userId, worker, records }: Stage): Promise<Outcome> => {
  const place = placeOf(one.upstream, worker)
  const label = `${one.client.name} ${one.upstream} ${one.scenario.name}`
  const { id, key } = await gateway.createKey({ user_id: userId, name: label, group: place })
  const story = createStory(newToken(), one.scenario.rounds)
  const scene = mock.begin(place, story, !isNative(one))
  const recorder = records ? startRecorder(gateway.url) : undefined
  const startedMs = performance.now()
  const scripts = await play(one, worker, { url: recorder?.url ?? gateway.url, key }, story)
  const seconds = (performance.now() - startedMs) / 1_000
  const receipts = await receiptsOf(gateway, id, scene.requests.length)
  await recorder?.stop()
  return {
    seconds,
    requests: scene.requests.length,
    statesKept: story.statesKept,
    receipts,
    faults: faultsOfRun(one, scripts, scene, receipts),
    scene,
    exchanges: recorder?.exchanges ?? [],
  }
}
