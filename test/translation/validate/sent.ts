/** How a body was sent, and to whom. */
export interface Sent {
  /** Where to: Vertex refuses the ids of calls. */
  readonly url?: string | undefined
  /** The model as its vendor names it: Gemini 3 wants signatures back. */
  readonly model?: string | undefined
  /** Who was asked, where it is not the vendor that the format is of: others take more, and less. */
  readonly vendor?: string | undefined
  /**
   * Judged by what the API takes and no more. Without it, also by what a translation owes: what must be said though it
   * could be left unsaid, and what is taken though it is documented otherwise.
   */
  readonly isPassedThrough?: boolean
  /** Names of members that this server has ideas of its own of: DeepSeek's `reasoning_content`, its longer `stop`. */
  readonly knows?: readonly string[]
}
