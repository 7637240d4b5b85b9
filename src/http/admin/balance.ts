import { z } from '@hono/zod-openapi'
import type { Balance } from '../../ledger/types.ts'
import { formatUsd, nanoUsd } from '../../units.ts'
import { USD } from './routes.ts'

/// What an account has: shown wherever money moves.

export const BalanceSchema = z
  .object({
    posted_usd: USD.openapi({ description: 'Everything credited less everything charged.', example: '12.500000000' }),
    held_usd: USD.openapi({ description: 'Set aside for requests under way.', example: '0.250000000' }),
    available_usd: USD.openapi({
      description: 'What new requests may use: posted and credit line less held.',
      example: '12.250000000',
    }),
    credit_line_usd: USD.openapi({
      description: 'How far below zero the account may go: 0 for who pays ahead. It is no money of theirs.',
      example: '0.000000000',
    }),
  })
  .openapi('Balance')

/** A balance as the API shows it. */
export const renderBalance = (balance: Balance) => ({
  posted_usd: formatUsd(balance.posted),
  held_usd: formatUsd(balance.held),
  available_usd: formatUsd(balance.available),
  credit_line_usd: formatUsd(nanoUsd(balance.available - balance.posted + balance.held)),
})
