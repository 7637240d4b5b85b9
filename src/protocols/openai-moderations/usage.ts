/** OpenAI reports none; Mistral reports input as embeddings do. */
export { readUsage } from '../openai-embeddings/usage.ts'
