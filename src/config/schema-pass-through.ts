import { z } from 'zod'
import {
  bytes,
  choice,
  defaulted,
  duration,
  listOf,
  required,
  type Scalar,
  section,
  sectionOr,
  toggle,
  whole,
} from './fields.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** A segment that no reader of addresses takes for something else; `*` stands for any text. */
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_~!$'()*+,:=.-]+$/

const isPattern = (written: string): boolean => {
  const segments = written.split('/')
  return segments.every((segment, index) =>
    segment === '**' ? index === segments.length - 1 : SEGMENT.test(segment) && !segment.includes('**'),
  )
}

const pattern: Scalar<string> = {
  schema: z.string().min(1).max(512).refine(isPattern),
  type: 'a path under the base URL, without a slash at either end, such as `containers/*` or `files/**`',
  label: 'path',
}

const rule = sectionOr(
  'path',
  {
    path: required(
      pattern,
      'Under the base URL. `*` is any text within one segment; a last segment `**` is one segment or more.',
    ),
    methods: listOf(required(choice(METHODS), 'A method.'), ['POST'], 'The methods it is open for.'),
    free: defaulted(
      toggle,
      'false',
      'Whether nothing is metered and nobody is charged. Without it a request must name a model that has a price.',
    ),
  },
  'An endpoint, or a family of them.',
)

/** The endpoints of a provider that requests are passed through to, beside those Tollgate knows itself. */
export const passThrough = listOf(
  rule,
  [],
  "Endpoints of the provider's own that keys may use at `/v1/<provider>/<path>`, beside those Tollgate serves itself. " +
    "They are asked on the operator's account: what lists or reads things there shows every tenant's.",
)

export const websockets = section(
  {
    sessions: defaulted(
      whole(0, 1_000_000),
      '1000',
      'How many may be open at once in this process. 0: none is served.',
    ),
    frame_bytes: defaulted(bytes, '16MiB', 'Largest message of either side.'),
    buffer_bytes: defaulted(
      bytes,
      '16MiB',
      'What one side has sent and the other has not taken. Beyond it the session ends.',
    ),
    idle: defaulted(duration, '15m', 'After how long without a message of either side a session is closed.'),
    total: defaulted(duration, '60m', 'How long a session may last.'),
    ping: defaulted(duration, '20s', 'How often both sides are asked for a sign of life.'),
  },
  'Sessions over WebSocket: Realtime, and Responses.',
)
