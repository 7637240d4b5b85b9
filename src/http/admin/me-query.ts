import { z } from '@hono/zod-openapi'

/** Read where credentials are read; named in queries so that a filter misspelt is still told from it. */
export const KEY_IN_QUERY = z
  .string()
  .optional()
  .openapi({ description: 'A Tollgate key, where no header can be sent.' })
