import type { JsonObject } from '../../../src/canon/codec.ts'
import { writeJson } from '../../../src/canon/json-text.ts'
import type { Loss } from '../../../src/canon/losses.ts'
import type { Profile } from '../../../src/canon/profile.ts'
import { readRequest, writeRequest } from '../../../src/translation/request.ts'
import { faultsOf } from '../validate/validate.ts'
import { differencesOf, spurious } from './differences.ts'
import { CARRIERS, codecFor, type Format, operationFor, profileFor, targetFor, wire } from './lanes.ts'

/** Whether a loss is declared at a place, above it or below it. */
const covers = (losses: readonly Loss[], pointer: string): boolean =>
  losses.some((loss) =>
    loss.pointer === '' || pointer === ''
      ? loss.pointer === pointer || loss.code === 'added'
      : loss.pointer === pointer || pointer.startsWith(`${loss.pointer}/`) || loss.pointer.startsWith(`${pointer}/`),
  )

const isPointer = (param: string | undefined): boolean => param !== undefined && /^\/[^/]/.test(param)

/** What is wrong with one request's translation, in words; `undefined`: it was refused as it may be. */
export const faultsOfTranslation = (
  client: Format,
  upstream: Format,
  value: Record<string, unknown>,
  profile: Profile = profileFor(upstream),
  knows: readonly string[] = [],
): readonly string[] | undefined => {
  const bytes = Buffer.from(writeJson(value))
  const read = readRequest(codecFor(client), bytes, operationFor(client), CARRIERS)
  if (!read.ok) return [`not read: ${read.error.param} ${read.error.message}`]
  const { conversation } = read.value
  const target = targetFor(upstream, conversation.stream, { profile })
  const written = writeRequest(codecFor(upstream), read.value, target)
  if (!written.ok)
    return isPointer(written.error.param) ? undefined : [`refused without a pointer: ${written.error.message}`]
  const { body, losses, rendered } = written.value
  const sent = JSON.parse(body.toString()) as JsonObject
  const faults = faultsOf(upstream, sent, { knows }).map((fault) => `the upstream refuses it: ${fault}`)
  const told = codecFor(upstream).parseRequest(wire(rendered.body), operationFor(upstream), CARRIERS)
  if (!told.ok) return [...faults, `not read by its own parser: ${told.error.param} ${told.error.message}`]
  const undeclared = differencesOf(
    conversation,
    told.value.conversation,
    rendered,
    (pointer) => covers(losses, pointer),
    profile,
  )
    .filter(({ pointers }) => !pointers.some((pointer) => covers(losses, pointer), profile))
    .map(({ pointers, what }) => `undeclared at ${pointers[0]}: ${what}`)
  const left = conversation.unmapped
    .filter(({ effect, pointer }) => effect === 'drop' && !covers(losses, pointer))
    .map(({ pointer }) => `left out undeclared: ${pointer}`)
  const heard = told.value.conversation
  // Something may be added, or said as the nearest that there is, beside what is told as it was.
  const lost = losses.filter(({ code }) => code !== 'added' && code !== 'approximated').map(({ pointer }) => pointer)
  const needless = spurious(conversation, heard, lost).map((what) => `declared, but told: ${what}`)
  return [...faults, ...undeclared, ...left, ...needless]
}
