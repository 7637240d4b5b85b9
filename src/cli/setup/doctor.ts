import { statSync } from 'node:fs'
import { writtenValue } from '../../setup/edit.ts'
import type { ChangedFile } from '../../setup/manifest.ts'
import { chooseModel } from '../../setup/plan.ts'
import { type Call, EXIT } from '../io.ts'
import { type Situation, situationOf } from './base.ts'
import { readPresent } from './files.ts'
import { type Offer, offerOf, tryRequest } from './gateway.ts'
import { readKey } from './key.ts'
import { keyIn, stepsOf } from './set-up.ts'
import { conflictsOf, traceOf, versionOf } from './surroundings.ts'
import { tellReached } from './tell.ts'

/** One thing that was looked at. A warning may be right; a fault is not. */
interface Check {
  readonly what: string
  readonly state: 'good' | 'warning' | 'fault'
  readonly text: string
}

const good = (what: string, text: string): Check => ({ what, state: 'good', text })
const warning = (what: string, text: string): Check => ({ what, state: 'warning', text })
const faulty = (what: string, text: string): Check => ({ what, state: 'fault', text })

const CLOCK_SKEW_MAX_MS = 120_000
const MARKS = { good: 'ok     ', warning: 'look   ', fault: 'WRONG  ' }

/** `tollgate doctor <client>`: looks at everything between the client and an answer, and changes nothing. */
export const runDoctor = async (call: Call): Promise<number> => {
  const situation = situationOf(call)
  if (!situation.ok) return situation.error
  const { client, base } = situation.value
  const checks = [
    ...clientChecks(situation.value),
    ...fileChecks(situation.value),
    ...environmentChecks(situation.value),
    ...(await gatewayChecks(situation.value)),
  ]
  const isWell = checks.every(({ state }) => state !== 'fault')
  if (call.values.json === true)
    call.io.out(`${JSON.stringify({ client: client.id, base_url: base, ok: isWell, checks }, null, 2)}\n`)
  else call.io.out(`${checks.map(({ state, what, text }) => `${MARKS[state]}${what}: ${text}`).join('\n')}\n`)
  return isWell ? EXIT.success : EXIT.failure
}

const clientChecks = ({ client, around, call }: Situation): readonly Check[] => {
  const trace = traceOf(client, around)
  if (trace === undefined)
    return client.changes.length > 0
      ? [faulty('client', `${client.name} is not on this machine.`)]
      : [good('client', `${client.name} is set up by hand.`)]
  const version = versionOf(client, call.io.environment)
  return [good('client', `${client.name}${version ? ` ${version}` : ''} (${trace})`)]
}

const fileChecks = ({ client, kept }: Situation): readonly Check[] => {
  if (client.changes.length === 0) return []
  if (!kept) return [faulty('files', `${client.name} was not set up here. Run \`tollgate setup ${client.id}\`.`)]
  return kept.manifest.files.map(fileCheck)
}

const fileCheck = ({ file, made }: ChangedFile): Check => {
  const present = readPresent(file)
  if (!present.ok || !present.value.existed) return faulty('file', `${file} is gone.`)
  const different = made.filter((one) => {
    if (one.ifAbsent) return false
    const value = writtenValue(present.value.text, one)
    const [start = '', end] = one.value.split('{key}')
    return end === undefined
      ? value !== one.value
      : !(value?.startsWith(start) && value.endsWith(end) && value.length > start.length + end.length)
  })
  if (different.length > 0)
    return faulty(
      'file',
      `${file} does not say what was set: ${different.map(({ path }) => path.join('.') || 'the block').join(', ')}.`,
    )
  const isOpen = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0
  if (isOpen && made.some(({ value }) => value.includes('{key}')))
    return faulty('file', `${file} has the key in it, and others may read it. chmod 600 it.`)
  return good('file', `${file} is as it was set.`)
}

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
const LOOPBACK = /^https?:\/\/(?:localhost|127\.|\[::1\])/

const environmentChecks = ({ client, base, call, kept }: Situation): readonly Check[] => {
  const { environment } = call.io
  const conflicts = conflictsOf(client, environment, [keyIn(kept), base, `${base}/v1`])
  const proxies = PROXIES.filter((name) => environment[name])
  const isExcepted = (environment.NO_PROXY ?? environment.no_proxy ?? '')
    .split(',')
    .some((host) => host.trim() === '*' || (host.trim() !== '' && new URL(base).hostname.endsWith(host.trim())))
  return [
    conflicts.length > 0
      ? faulty(
          'environment',
          `${conflicts.join(', ')} ${conflicts.length > 1 ? 'are' : 'is'} set, which ${client.name} may take instead of what was set up. Unset in the shell and in its profile.`,
        )
      : good('environment', `no variable in the way of ${client.name}.`),
    ...(proxies.length > 0 && !isExcepted
      ? [
          warning(
            'proxy',
            `${proxies.join(', ')} is set: requests to ${base} go through it${LOOPBACK.test(base) ? ', which cannot reach this machine' : ''}. NO_PROXY makes exceptions.`,
          ),
        ]
      : []),
    ...(client.remote === true && (LOOPBACK.test(base) || !base.startsWith('https:'))
      ? [
          faulty(
            'address',
            `${client.name} asks from servers of its maker, which cannot reach ${base}. It needs an https address on the internet.`,
          ),
        ]
      : []),
  ]
}

const gatewayChecks = async ({ client, base, model: wanted, call, kept }: Situation): Promise<readonly Check[]> => {
  const present = keyIn(kept)
  const sources = { environment: call.io.environment, fromInput: call.values['key-stdin'] === true }
  const key: Awaited<ReturnType<typeof readKey>> =
    present === undefined ? await readKey({ ...sources, present }) : { ok: true, value: present }
  if (!key.ok) return [faulty('key', key.error)]
  const offer = await offerOf(base, client, key.value)
  if (!offer.ok) return [faulty('gateway', offer.error)]
  const model = wanted ?? kept?.manifest.model ?? chooseModel(client, offer.value.models)
  const reached =
    model === undefined ? undefined : tellReached(client, base, model, await tryRequest(base, client, key.value, model))
  return [
    good('gateway', `${base} answers, and takes the key.`),
    ...modelCheck(offer.value, model),
    ...clockCheck(offer.value),
    ...(reached ? [reached.isGood ? good('request', reached.text) : faulty('request', reached.text)] : []),
    ...(client.changes.length === 0 && model !== undefined
      ? [good('by hand', `\n${stepsOf(client, base, model)}`)]
      : []),
  ]
}

const modelCheck = ({ models }: Offer, model: string | undefined): readonly Check[] => {
  if (model === undefined) return [faulty('model', 'this key may use no model.')]
  return models.includes(model)
    ? [good('model', `${model} is there.`)]
    : [
        warning(
          'model',
          `${model} is not in the list of this key; an alias is not listed either. There are: ${models.slice(0, 10).join(', ')}.`,
        ),
      ]
}

const clockCheck = ({ clockMs }: Offer): readonly Check[] => {
  if (clockMs === undefined) return []
  const skewMs = Date.now() - clockMs
  return Math.abs(skewMs) > CLOCK_SKEW_MAX_MS
    ? [
        warning(
          'clock',
          `this machine is ${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} the gateway.`,
        ),
      ]
    : [good('clock', 'as the gateway has it.')]
}
