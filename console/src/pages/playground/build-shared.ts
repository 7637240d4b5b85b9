import type { Image, JsonObject, Question, Settings, Turn, UserTurn } from './conversation.ts'

/// What the bodies of several formats have in common.

/** A member that is left out where there is nothing in it. */
export const listOf = <T>(items: readonly T[], written: (item: T) => JsonObject): readonly JsonObject[] | undefined =>
  items.length === 0 ? undefined : items.map(written)

export const textOrNothing = (text: string): string | undefined => (text === '' ? undefined : text)

/** An object that is left out where nothing is set in it. */
export const objectOrNothing = (object: JsonObject): JsonObject | undefined =>
  Object.keys(object).length === 0 ? undefined : object

/** Of OpenAI's formats and Anthropic's. */
export const sampling = ({ settings, isStreamed }: Pick<Question, 'settings' | 'isStreamed'>): JsonObject => ({
  temperature: settings.temperature,
  top_p: settings.topP,
  stream: isStreamed ? true : undefined,
})

/** The degree of thinking: OpenAI's formats have no field for a number of tokens. */
export const effortOf = ({ thinking }: Settings): string | undefined =>
  thinking && 'effort' in thinking ? thinking.effort : undefined

/** What somebody said in OpenAI's formats: words alone are no list. */
export const spokenOf = (
  { text, images }: UserTurn,
  textType: string,
  imageOf: (image: Image) => JsonObject,
): string | readonly JsonObject[] =>
  images.length === 0 ? text : [...(text === '' ? [] : [{ type: textType, text }]), ...images.map(imageOf)]

/** What was said turn by turn: results of tools and the words after them are one, for roles alternate. */
export const alternating = (
  turns: readonly Turn[],
  answering: string,
  partsOf: (turn: Turn) => readonly JsonObject[],
): readonly { readonly role: string; readonly parts: readonly JsonObject[] }[] => {
  const said: { role: string; parts: readonly JsonObject[] }[] = []
  for (const turn of turns) {
    const role = turn.role === 'assistant' ? answering : 'user'
    const parts = partsOf(turn)
    const last = said.at(-1)
    if (last?.role === role) last.parts = [...last.parts, ...parts]
    else said.push({ role, parts })
  }
  return said
}
