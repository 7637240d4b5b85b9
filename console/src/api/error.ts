import i18next from 'i18next'
import { createTranslate, type Translate, type Wordings } from './said.ts'

export interface ApiErrorFacts {
  readonly status: number
  readonly code: string
  readonly param?: string | undefined
  readonly requestId?: string | undefined
  readonly mistakes?: readonly Mistake[]
}

/** One of the things wrong with a request. */
export interface Mistake {
  readonly field: string
  /** In the gateway's words, as they go on after the name of the field. */
  readonly issue: string
  /** A sentence to be said beside the field, in the reader's language. */
  readonly text?: string
}

/** An answer that says no, in the words of the gateway; or no answer at all. */
export class ApiError extends Error {
  /** 0: nothing came back. */
  readonly status: number
  /** The stable name of what is wrong, as `key_not_found`. */
  readonly code: string
  /** Which field is at fault, where one is. */
  readonly param: string | undefined
  readonly requestId: string | undefined
  /** Every mistake, where fields are at fault. */
  readonly mistakes: readonly Mistake[]

  constructor(message: string, facts: ApiErrorFacts) {
    super(message)
    this.name = 'ApiError'
    this.status = facts.status
    this.code = facts.code
    this.param = facts.param
    this.requestId = facts.requestId
    this.mistakes = facts.mistakes ?? []
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** Reads an error in the shape of the control plane, or of what signs people in; whatever else is kept short. */
export const errorOf = (response: Response, body: unknown): ApiError => {
  const nested = isRecord(body) && isRecord(body['error']) ? body['error'] : body
  const said = isRecord(nested) ? nested : {}
  const code = textIn(said['code']) ?? textIn(said['type']) ?? `http_${response.status}`
  const param = textIn(said['param'])
  const message = textIn(said['message'])
  const mistakes = mistakesIn(said['details'])
  const words = wordsOf(code.toLowerCase(), param, message, mistakes)
  return new ApiError(words ?? message ?? `${response.status} ${response.statusText}`.trim(), {
    status: response.status,
    code,
    param,
    requestId: textIn(said['request_id']) ?? response.headers.get('x-request-id') ?? undefined,
    mistakes: worded(mistakes, message, words),
  })
}

/** The same, once the words for it are there: they are loaded with the first refusal. */
export const readyErrorOf = async (response: Response, body: unknown): Promise<ApiError> => {
  await loadWords()
  return errorOf(response, body)
}

const NAMESPACE = 'refusals'

/** Has the words of refusals loaded. Where they cannot be had, the gateway's own are shown. */
export const loadWords = async (): Promise<void> => {
  if (i18next.isInitialized) await i18next.loadNamespaces(NAMESPACE)
}

const mistakesIn = (details: unknown): readonly Mistake[] => {
  if (!isRecord(details)) return []
  const all = Array.isArray(details['mistakes']) ? details['mistakes'] : [details]
  return all.flatMap((one: unknown) => {
    const issue = isRecord(one) ? textIn(one['issue']) : undefined
    return isRecord(one) && issue !== undefined ? [{ field: textIn(one['field']) ?? '', issue }] : []
  })
}

/** An amount of money that cannot be read is refused as any other field, with the name of the field in its words. */
const AMOUNT = /(?:^|[._])(?:amount|budget|usd)(?:$|[._])/
const FORMAT = /\b(?:decimal|amount|format|number|USD)\b/

/** A refusal in the reader's language, with the names and figures that are in it. */
const wordsOf = (
  code: string,
  param: string | undefined,
  message: string | undefined,
  mistakes: readonly Mistake[],
): string | undefined => {
  const words = wordings()
  if (!words) return undefined
  const { own, translate } = words
  if (code in own.library) return own.library[code]
  if (message === undefined) return own.code[code]
  if (code === 'invalid_request' && param !== undefined && AMOUNT.test(param) && FORMAT.test(message)) return own.amount
  if (!translate) return undefined
  return translate('said', message) ?? sentenceOf(mistakes, own, translate) ?? besides(own, own.code[code], message)
}

/** What is wrong with each field, where all of it can be said. */
const sentenceOf = (mistakes: readonly Mistake[], own: OwnWords, translate: Translate): string | undefined => {
  const issues = mistakes.map(({ issue }) => translate('issue', issue))
  if (issues.length === 0 || issues.includes(undefined)) return undefined
  return mistakes.map(({ field }, place) => `${field || own.body} ${issues[place]}`).join(own.between)
}

/** With what to say beside each field. Where the message is nothing but a list of them, their names are left out. */
const worded = (
  mistakes: readonly Mistake[],
  message: string | undefined,
  words: string | undefined,
): readonly Mistake[] => {
  const found = wordings()
  const isList = mistakes.map(({ field, issue }) => `${field || 'The body'} ${issue}`).join('; ') === message
  if (!found || !isList) return mistakes.map((one) => ({ ...one, ...(words !== undefined && { text: words }) }))
  const { own, translate } = found
  return mistakes.map(({ field, issue }) => {
    const said = translate ? (translate('issue', issue) ?? issue) : issue
    const isAmount = AMOUNT.test(field) && FORMAT.test(issue)
    return { field, issue, text: isAmount ? own.amount : own.alone.replace('{{issue}}', () => said) }
  })
}

/** What kind of refusal it is, and then what was said, whose details nobody may miss. */
const besides = (own: OwnWords, what: string | undefined, said: string): string | undefined =>
  what === undefined ? undefined : own.untranslated.replace('{{what}}', () => what).replace('{{said}}', () => said)

/** What the gateway said, in the reader's language where it is known there: of an answer that is no call's of the API. */
export const inOwnWords = (message: string): string => wordings()?.translate?.('said', message) ?? message

interface OwnWords extends Wordings {
  readonly untranslated: string
  readonly alone: string
  readonly between: string
  readonly body: string
  readonly amount: string
}

interface Words {
  readonly own: OwnWords
  /** `undefined` in English, which is what the gateway speaks. */
  readonly translate: Translate | undefined
}

const known = new Map<string, Words>()

const wordings = (): Words | undefined => {
  if (!i18next.isInitialized) return undefined
  const { language } = i18next
  const before = known.get(language)
  if (before) return before
  const english = i18next.getResourceBundle('en', NAMESPACE) as OwnWords | undefined
  const own = i18next.getResourceBundle(language, NAMESPACE) as OwnWords | undefined
  if (!english || !own) return undefined
  const words = { own, translate: language === 'en' ? undefined : createTranslate(english, own) }
  known.set(language, words)
  return words
}

/** Nothing came back. What a browser says of it, as `Failed to fetch`, tells nobody anything. */
export const noAnswer = (isChange: boolean): ApiError => {
  const text = i18next.isInitialized ? i18next.t(isChange ? 'error.noAnswerToChange' : 'error.noAnswerToRead') : ''
  return new ApiError(text === '' ? 'The gateway does not answer.' : text, { status: 0, code: 'no_answer' })
}

/** What there is to say of anything that was thrown. */
export const asApiError = (thrown: unknown): ApiError => {
  if (thrown instanceof ApiError) return thrown
  // `fetch` throws nothing else where no answer comes.
  if (thrown instanceof TypeError && /fetch|network|load failed/i.test(thrown.message)) return noAnswer(false)
  return new ApiError(thrown instanceof Error ? thrown.message : String(thrown), { status: 0, code: 'no_answer' })
}

const atFields = new WeakMap<ApiError, Set<string>>()

/** What a refusal says of a field. From then on it is known to be said beside that, and is not said again below. */
export const refusalOf = (refusal: ApiError | null, field: string): string | undefined => {
  const isIn = (name: string | undefined): boolean =>
    name === field || name?.startsWith(`${field}.`) === true || name?.startsWith(`${field}[`) === true
  const mistake = refusal?.mistakes.find((one) => isIn(one.field))
  if (!refusal || (mistake === undefined && !isIn(refusal.param))) return undefined
  const said = atFields.get(refusal) ?? new Set()
  atFields.set(refusal, said.add(mistake?.field ?? ''))
  return mistake?.text ?? refusal.message
}

/** Whether nothing is left to say of it below the fields: what is wrong with one that is not shown is still said. */
export const isSaidAtField = (error: ApiError): boolean => {
  const said = atFields.get(error)
  return said !== undefined && error.mistakes.every(({ field }) => said.has(field))
}
