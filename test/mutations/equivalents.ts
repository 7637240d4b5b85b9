/** A line whose deletion changes nothing that anybody can see. */
export interface Equivalent {
  readonly path: string
  /** The constant or function of the module in which it stands. */
  readonly within: string
  /** As the report tells it. */
  readonly text: string
  readonly reason: string
}

const ERRORS_OF_GEMINI = 'src/protocols/gemini/parse-error.ts'
const ERRORS_OF_ANTHROPIC = 'src/protocols/anthropic-messages/parse-error.ts'
const SCHEMAS_FOR_GEMINI = 'src/protocols/shared/schema-openapi.ts'

/** Errors are read by tables that say all of a vendor's words, though a word that is missing would mean the same. */
const errorRows = (path: string, within: string, reason: string, texts: readonly string[]): readonly Equivalent[] =>
  texts.map((text) => ({ path, within, text, reason }))

/** The only lines that may go without a test failing. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...errorRows(ERRORS_OF_ANTHROPIC, 'KINDS_BY_STATUS', 'Any other status below 500 means the same.', [
    `400: 'invalid-request'`,
    `422: 'invalid-request'`,
  ]),
  ...errorRows(ERRORS_OF_GEMINI, 'KINDS', 'Any other status below 500 means the same.', [`400: 'invalid-request'`]),
  ...errorRows(ERRORS_OF_GEMINI, 'STATUSES', 'A word that nobody knows is a 500, which means the same.', [
    'CANCELLED: 499',
    'UNKNOWN: 500',
    'INTERNAL: 500',
    'DATA_LOSS: 500',
    'UNIMPLEMENTED: 501',
  ]),
  {
    path: 'src/protocols/openai-chat/parse-settings.ts',
    within: 'FIELDS',
    text: `prediction: left(() => 'drop')`,
    reason: 'What nobody knows is left as well; the row says that this is known, and has no meaning elsewhere.',
  },
  {
    path: 'src/protocols/bedrock-converse/parse-blocks.ts',
    within: 'REASONS',
    text: `malformed_model_output: 'other'`,
    reason: 'A word that nobody knows means the same.',
  },
  {
    path: SCHEMAS_FOR_GEMINI,
    within: 'CONSUMED',
    text: '$ref',
    reason: 'A reference is followed before its keywords are gone through; the list says all that is read elsewhere.',
  },
  {
    path: SCHEMAS_FOR_GEMINI,
    within: 'CONSUMED',
    text: 'const',
    reason: 'Of a schema with a constant only the texts are gone through; the list says all that is read elsewhere.',
  },
]
