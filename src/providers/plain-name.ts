/** Where Bedrock's ids begin: the region of an inference profile, and the vendor. */
const REGION = /^(?:us|us-gov|eu|apac|au|ca|jp|global)\.(?=[a-z0-9]+\.)/
const VENDOR =
  /^(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|openai|qwen|writer|zai)\./

/**
 * A model's name without what hosters put around it, to compare it with rows: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`,
 * `anthropic/claude-sonnet-4.5` and `claude-sonnet-4-5@20250929` all begin with `claude-sonnet-4-5`, and
 * `accounts/fireworks/models/kimi-k2p6` is `kimi-k2.6`.
 */
export const plainName = (name: string): string => {
  const last = name.toLowerCase().split('/').at(-1) ?? ''
  const bare = last
    .replace(REGION, '')
    .replace(VENDOR, '')
    .replace('@', '-')
    .replace(/(\d)p(\d)/, '$1.$2')
  return bare.startsWith('claude-') ? bare.replaceAll('.', '-') : bare
}
