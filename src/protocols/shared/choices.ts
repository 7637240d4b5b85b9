import type { Conversation, Settings } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'

/** Formats that have room for several answers side by side, each of which can be translated by itself. */
const WITH_MANY: ReadonlySet<string> = new Set(['openai-chat', 'gemini'])

/** How many answers are asked of a model, where the client wants several and its format has room for them. */
export const choicesToAsk = (
  { format, settings }: Conversation,
  { choicesMax }: Profile,
  losses: Losses,
): { readonly choices?: number } => {
  const { choices }: Settings = settings
  if (!choices || choices.value <= 1) return {}
  if (WITH_MANY.has(format) && choices.value <= choicesMax) return { choices: choices.value }
  const most = WITH_MANY.has(format) ? choicesMax : 1
  const message = `This model gives at most ${most} answers to a request here. Ask for fewer, or send several requests.`
  losses.refuse(choices.pointer, message)
  return {}
}
