/** Other names people use for a vendor → its id in the catalogue. */
const SYNONYMS: Readonly<Record<string, string>> = {
  gemini: 'google',
  'google-ai': 'google',
  claude: 'anthropic',
  xai: 'x-ai',
  grok: 'x-ai',
  moonshot: 'moonshotai',
  kimi: 'moonshotai',
  'mistral-ai': 'mistral',
  mistralai: 'mistral',
  togetherai: 'together',
  'fireworks-ai': 'fireworks',
  'z-ai': 'zai',
  'z.ai': 'zai',
  zhipu: 'zai',
  zhipuai: 'zai',
  bigmodel: 'zai',
  glm: 'zai',
  alibaba: 'qwen',
  dashscope: 'qwen',
  bytedance: 'doubao',
  volcengine: 'doubao',
  ark: 'doubao',
}

/** The catalogue's id of a vendor, however it was called. */
export const vendorOf = (name: string): string => {
  const lower = name.toLowerCase()
  return Object.hasOwn(SYNONYMS, lower) ? (SYNONYMS[lower] ?? lower) : lower
}
