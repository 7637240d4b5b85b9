/** Legacy Completions report their usage as Chat Completions do. */
export { readUsage } from '../openai-chat/usage.ts'
