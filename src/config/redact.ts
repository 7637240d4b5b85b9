const HIDDEN = '[redacted]'

/** Headers and fields whose whole value is a credential, as they appear in JSON and in `name: value` text. */
const NAMES =
  'proxy-authorization|authorization|x-api-key|x-goog-api-key|api-key|api_key|apikey|set-cookie|cookie|admin_key|adminkey|encryption_key|password|secret'

/** Each rule keeps what stands before the credential (its first group) and drops the credential. */
const RULES: readonly RegExp[] = [
  // In JSON, and in JSON within a JSON string, where the quotes are escaped.
  new RegExp(`("(?:${NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`, 'gi'),
  new RegExp(`(\\\\"(?:${NAMES})\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\[^"])*`, 'gi'),
  // In text: `authorization: Bearer abc`. A cookie goes on after a blank, a scheme stands before one.
  new RegExp(
    `((?<![\\w-])(?:${NAMES})\\s*[:=]\\s*)(?!\\[redacted\\])(?:(?:bearer|basic)\\s+)?[^\\s"'\\\\,;&]+(?:;\\s*[^\\s"'\\\\,;&=]+=[^\\s"'\\\\,;&]+)*`,
    'gi',
  ),
  /((?<![\w-])bearer\s+)(?!\[redacted\])[^\s"'\\,;]{6,}/gi,
  // Gemini's way of presenting a key, in an address.
  /([?&](?:key|api_key|access_token)=)[^&\s"'\\#]+/gi,
  /(:\/\/[^\s/:@"']{0,200}:)[^\s/@"']{1,200}(?=@)/g,
  // Keys by their look: OpenAI's, Anthropic's and ours; then Google's two forms. The prefix is enough to recognise one by.
  /((?<![A-Za-z0-9])sk-(?:ant-|proj-|tg-)?)[A-Za-z0-9_-]{12,}/g,
  /((?<![A-Za-z0-9])AIza)[A-Za-z0-9_-]{16,}/g,
  /((?<![A-Za-z0-9])AQ\.)[A-Za-z0-9_-]{16,}/g,
]

/** A header with several values is a list in JSON. */
const LISTS = new RegExp(`("(?:${NAMES})"\\s*:\\s*)\\[(?:"(?:[^"\\\\]|\\\\.)*",?)*\\]`, 'gi')

/** Takes credentials out of a line, however they got into it. Leaves valid JSON valid. Running it twice changes nothing. */
export const redact = (line: string): string =>
  RULES.reduce((text, rule) => text.replace(rule, `$1${HIDDEN}`), line.replace(LISTS, `$1["${HIDDEN}"]`))
