import { fault, type GatewayError } from '../errors.ts'
import { err, type Result } from '../result.ts'
import type { SecretFlaw } from './secret.ts'

type Refusal = Result<never, GatewayError>

const refusal = (message: string): Refusal => err(fault('invalid-api-key', message))

const CREATE = 'Create a key with "npx tollgate keys create" or ask whoever runs this gateway for one.'

/** No credential in any of the four places. */
export const KEY_MISSING = refusal(
  `No API key was sent. Use "Authorization: Bearer sk-tg-…", "x-api-key", "x-goog-api-key" or "?key=". ${CREATE}`,
)

/** Well formed, and nobody's. */
export const KEY_UNKNOWN = refusal(
  `This key is well formed, but unknown here. Check that it belongs to this gateway. ${CREATE}`,
)

/** The control plane's secret on the data plane, where there is no user to charge. */
export const ADMIN_SECRET = refusal(
  `This is an admin key: it opens /api/admin, and no user would pay for the request. ${CREATE}`,
)

/** What is wrong with a text that cannot be a key at all. */
export const FLAWS: Record<SecretFlaw, Refusal> = {
  foreign: refusal(
    `This is not a Tollgate key: those start with sk-tg-. A provider's own key is not accepted here. ${CREATE}`,
  ),
  length: refusal('The key is cut short or has something added: its length is wrong. Copy it again, whole.'),
  character: refusal('The key has a character that no Tollgate key has. Copy it again, without quotes or spaces.'),
  checksum: refusal('The key has a typo: its checksum is wrong. Copy it again.'),
}
