import type { Model } from '../canon/model.ts'
import type { UpstreamFormat } from '../canon/operation.ts'
import type { Profile } from '../canon/profile.ts'
import { ANTHROPIC_ROWS } from './profiles/anthropic.ts'
import { BEDROCK_ROWS } from './profiles/bedrock.ts'
import { CLAUDE_CLI_ROWS } from './profiles/claude-cli.ts'
import { COMPATIBLE_ROWS } from './profiles/compatible.ts'
import { DEEPSEEK_ROWS } from './profiles/deepseek.ts'
import { DEFAULT_PROFILES } from './profiles/defaults.ts'
import { GOOGLE_ROWS } from './profiles/google.ts'
import { HOSTER_ROWS } from './profiles/hosters.ts'
import { MINIMAX_ROWS } from './profiles/minimax.ts'
import { MISTRAL_ROWS } from './profiles/mistral.ts'
import { MOONSHOT_ROWS } from './profiles/moonshot.ts'
import { OPENAI_ROWS } from './profiles/openai.ts'
import { QWEN_ROWS } from './profiles/qwen.ts'
import { type ProfileRow, patched } from './profiles/row.ts'
import { VOLCENGINE_ROWS } from './profiles/volcengine.ts'
import { XAI_ROWS } from './profiles/xai.ts'
import { ZAI_ROWS } from './profiles/zai.ts'
import { plainName } from './plain-name.ts'
import type { ProviderKind } from './types.ts'

export { DEFAULT_PROFILES }

/** Every row there is. Where two fit equally well, the later one has the last word. */
export const PROFILE_ROWS: readonly ProfileRow[] = [
  ...COMPATIBLE_ROWS,
  ...HOSTER_ROWS,
  ...ANTHROPIC_ROWS,
  ...BEDROCK_ROWS,
  ...CLAUDE_CLI_ROWS,
  ...OPENAI_ROWS,
  ...GOOGLE_ROWS,
  ...DEEPSEEK_ROWS,
  ...MOONSHOT_ROWS,
  ...ZAI_ROWS,
  ...QWEN_ROWS,
  ...VOLCENGINE_ROWS,
  ...MINIMAX_ROWS,
  ...XAI_ROWS,
  ...MISTRAL_ROWS,
]

export interface ProfileQuestion {
  readonly kind: ProviderKind
  /** The model of the catalogue. */
  readonly model: Model
  /** What the provider knows it by. */
  readonly upstreamModel: string
  readonly format: UpstreamFormat
}

/**
 * What a model at a provider accepts in a wire format: the format's default, changed by what is known of the provider's
 * kind, then of the model in general, then of the model there. Of rows alike, the longer name decides. The model goes by
 * the provider's name for it where any row knows that, else by the catalogue's (a deployment may be called anything).
 */
export const profileOf = (question: ProfileQuestion): Profile => {
  const { kind, model, upstreamModel, format } = question
  const known = answers.get(model) ?? new Map<string, Profile>()
  const key = `${kind.kind} ${format} ${upstreamModel}`
  const remembered = known.get(key)
  if (remembered) return remembered
  const profile = resolve(question)
  // Clients may write any date behind a model's name, so the names are not a closed set.
  if (known.size >= REMEMBERED_MAX) known.clear()
  known.set(key, profile)
  answers.set(model, known)
  return profile
}

const REMEMBERED_MAX = 200
const answers = new WeakMap<Model, Map<string, Profile>>()

const resolve = ({ kind, model, upstreamModel, format }: ProfileQuestion): Profile => {
  const [upstreamName, name] = [plainName(upstreamModel), plainName(model.id)]
  const rows = fitting(isKnown(upstreamName) ? upstreamName : name, kind.kind, format)
  const profile = rows.reduce((sofar, row) => patched(sofar, row.profile), DEFAULT_PROFILES[format])
  return {
    ...profile,
    family: familyOf(kind, format),
    outputTokensMax: model.maxOutputTokens,
    outputTokensDefault: model.maxOutputTokens ?? profile.outputTokensDefault,
  }
}

const FAMILIES: Partial<Record<UpstreamFormat, string>> = {
  'anthropic-messages': 'anthropic',
  'openai-responses': 'openai',
  gemini: 'google',
}

/** Who can read reasoning state that this kind hands out in a format. */
export const familyOf = (kind: ProviderKind, format: UpstreamFormat): string =>
  kind.family ?? FAMILIES[format] ?? kind.kind

interface Fit {
  readonly row: ProfileRow
  readonly stage: number
  /** The length of the part of the name that is compared, an exact one counting for more. */
  readonly length: number
}

/** The rows for a name at a provider, the last word last. */
const fitting = (name: string, kind: string, format: UpstreamFormat): readonly ProfileRow[] =>
  PROFILE_ROWS.flatMap((row): readonly Fit[] => {
    if (row.kinds && !row.kinds.includes(kind)) return []
    if (row.formats && !row.formats.includes(format)) return []
    const length = Math.max(...row.models.map((pattern) => fitLength(pattern, name)))
    return length < 0 ? [] : [{ row, stage: stageOf(row, length), length }]
  })
    .toSorted((a, b) => a.stage - b.stage || a.length - b.length)
    .map(({ row }) => row)

const stageOf = (row: ProfileRow, length: number): number => {
  if (row.overrides) return 3
  if (length === 0) return 0
  return row.kinds ? 2 : 1
}

/** How much of the name a pattern names; -1: it is another name. */
const fitLength = (pattern: string, name: string): number => {
  if (!pattern.endsWith('*')) return pattern === name ? pattern.length + 1 : -1
  const start = pattern.slice(0, -1)
  return name.startsWith(start) ? start.length : -1
}

const isKnown = (name: string): boolean =>
  PROFILE_ROWS.some((row) => row.models.some((pattern) => fitLength(pattern, name) > 0))
