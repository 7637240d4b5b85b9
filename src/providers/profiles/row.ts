import type { UpstreamFormat } from '../../canon/operation.ts'
import type { Profile, ReasoningProfile } from '../../canon/profile.ts'

/** Some fields of a profile. */
export type ProfilePatch = Partial<Omit<Profile, 'reasoning' | 'media' | 'tools'>> & {
  readonly reasoning?: Partial<ReasoningProfile>
  readonly media?: Partial<Profile['media']>
  readonly tools?: Partial<Profile['tools']>
}

/** What is known of some models at some providers. */
export interface ProfileRow {
  /**
   * Names, each exact or the beginning of one with `*` behind it; `*` alone: every model. They are compared with
   * `plainName` of the model, so without vendors' prefixes and in lower case.
   */
  readonly models: readonly string[]
  /** Kinds of provider it holds for; absent: any. */
  readonly kinds?: readonly string[]
  /** Formats it holds for; absent: any. */
  readonly formats?: readonly UpstreamFormat[]
  /** Has the last word: the provider makes all models alike, whatever is known of them elsewhere. */
  readonly overrides?: true
  readonly profile: ProfilePatch
}

/** The profile with some of its fields replaced. */
export const patched = (profile: Profile, patch: ProfilePatch): Profile => ({
  ...profile,
  ...patch,
  reasoning: { ...profile.reasoning, ...patch.reasoning },
  media: { ...profile.media, ...patch.media },
  tools: { ...profile.tools, ...patch.tools },
})
