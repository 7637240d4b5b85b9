/** How a body was sent. */
export interface Sent {
  /** Where to: Vertex refuses the ids of calls. */
  readonly url?: string | undefined
  /** As its client wrote it: what a translation must say, it may leave unsaid. */
  readonly isPassedThrough?: boolean
  /** Names of members that this server has ideas of its own of: DeepSeek's `reasoning_content`, its longer `stop`. */
  readonly knows?: readonly string[]
}
