/** A text of a gateway as it is shown: without the characters that a terminal would obey. */
export const withoutControls = (text: string): string => text.replace(/\p{Cc}/gu, ' ')
