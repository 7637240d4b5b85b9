/** Legacy Completions stream as Chat Completions do, with `text` in each choice; one reader knows both. */
export { openAiChatAnswers as openAiCompletionsAnswers } from '../openai-chat/stream.ts'
