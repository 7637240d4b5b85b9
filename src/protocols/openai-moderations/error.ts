/** Errors here are those of Chat Completions. */
export { KEEP_ALIVE, renderError, renderStreamError } from '../openai-chat/error.ts'
