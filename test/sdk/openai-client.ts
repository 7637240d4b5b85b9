// For suites of other folders: the SDKs are installed in this one alone.
export { default as OpenAI } from 'openai'
