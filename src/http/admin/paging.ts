import { z } from '@hono/zod-openapi'
import type { Page } from '../../db/types.ts'
import { line, queryCount } from './fields.ts'

const LIMIT_DEFAULT = 50
const LIMIT_MAX = 200

/** The query parameters of every list. */
export const PAGING = {
  cursor: line(500)
    .optional()
    .openapi({ description: '`next_cursor` of the page before. Leave it out for the first page.', example: undefined }),
  limit: queryCount(1, LIMIT_MAX)
    .optional()
    .openapi({
      type: 'integer',
      minimum: 1,
      maximum: LIMIT_MAX,
      default: LIMIT_DEFAULT,
      description: `Entries a page, ${LIMIT_DEFAULT} when left out.`,
    }),
}

export const pageOf = (query: { readonly cursor?: string | undefined; readonly limit?: number | undefined }): Page => ({
  cursor: query.cursor,
  limit: query.limit ?? LIMIT_DEFAULT,
})

/** A page of `row`s. */
export const listingOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    data: z.array(row),
    next_cursor: z
      .string()
      .nullable()
      .openapi({ description: 'Hand back as `cursor` for the next page; null at the end.', example: null }),
  })
