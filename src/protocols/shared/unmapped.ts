import type { Conversation } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'

/**
 * Declares or refuses what a request says that the model of conversations has no place for.
 * @param reason says of a field, by its pointer, why it is refused and what to do
 */
export const declareUnmapped = (
  { unmapped }: Conversation,
  losses: Losses,
  reason: (pointer: string) => string,
): void => {
  for (const { pointer, effect } of unmapped) {
    if (effect === 'drop') losses.declare(pointer, 'unsupported')
    else if (effect === 'refuse') losses.refuse(pointer, reason(pointer))
  }
}
