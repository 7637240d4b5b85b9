import { isObject, type Json, objectOf } from './shapes.ts'

/** Something an API takes though its documentation, or its SDK, says otherwise: each was answered with a 200. */
interface Taken {
  readonly format: string
  /** Those that took it; absent: whoever was asked. */
  readonly vendors?: readonly string[]
  readonly fault: RegExp
  readonly when?: (parent: unknown, request: Json) => boolean
  readonly why: string
}

const ofRole = (role: string) => (turn: unknown) => objectOf(turn).role === role

/** The turn that a place is in. */
const turnAt = (request: Json, place: string): unknown => {
  const [, list = '', index = ''] = place.split('/')
  const turns = request[list]
  return Array.isArray(turns) ? turns[Number(index)] : undefined
}

export const TAKEN: readonly Taken[] = [
  {
    format: 'anthropic-messages',
    fault: /\/content\/\d+\/text has no visible character$/,
    when: (turn, request) => ofRole('assistant')(turn) && !JSON.stringify(request).includes('"text":""'),
    why: 'white space that Claude itself said before a call',
  },
  {
    format: 'anthropic-messages',
    fault: /^\/top_[kp] is -1/,
    why: 'some clients say -1 for unset',
  },
  {
    format: 'openai-responses',
    fault: /\/(?:store|strict|annotations) is nothing/,
    why: 'left out, `store` is true and `strict` is tried: only whoever translates must say both, and `annotations`',
  },
  {
    format: 'openai-chat',
    fault: /^\/tools\/\d+\/name is not known$/,
    why: 'a name beside `function` is not looked at',
  },
  {
    format: 'openai-chat',
    fault: /^\/messages\/\d+\/content\/\d+\/image_url is "(?:https?|data):/,
    why: 'an address without its object, as the first model with eyes took it',
  },
  {
    format: 'openai-chat',
    vendors: ['azure'],
    fault: /^\/model is (?:null|nothing)/,
    why: 'the path names the deployment',
  },
  {
    format: 'gemini',
    fault: /JsonSchema.*\/(?:\$schema|pattern|default|minLength|maxLength) is not supported$/,
    why: 'keywords that are not read are passed over',
  },
  {
    format: 'gemini',
    fault: /^\/contents\/\d+\/parts\/\d+: an empty text$/,
    why: 'an empty text is a text',
  },
  {
    format: 'gemini',
    fault: /^\/systemInstruction\/parts\/\d+\/text is shorter than 1$/,
    why: 'no instruction, said as an empty one',
  },
  {
    format: 'gemini',
    vendors: ['vertex'],
    fault: /exactly one of its data fields, not 0$/,
    why: 'a signature that is all that is left of a thought',
  },
  {
    format: 'gemini',
    vendors: ['vertex'],
    fault: /function response parts \(0\) is not|: other parts before the function responses$/,
    when: (_, request) => !JSON.stringify(request.contents).includes('"functionResponse"'),
    why: 'a call that nobody ever answered',
  },
  {
    format: 'gemini',
    vendors: ['vertex'],
    fault: /has the id .*, the call undefined$/,
    why: 'an id where the call had none',
  },
]

/** Which of the things taken a fault is, if any. */
export const takenAs = (
  format: string,
  vendor: string | undefined,
  fault: string,
  value: unknown,
): Taken | undefined => {
  const request = isObject(value) ? value : {}
  return TAKEN.find(
    (one) =>
      one.format === format &&
      (one.vendors === undefined || (vendor !== undefined && one.vendors.includes(vendor))) &&
      one.fault.test(fault) &&
      (one.when === undefined || one.when(turnAt(request, fault), request)),
  )
}
