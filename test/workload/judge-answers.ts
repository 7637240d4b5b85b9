import { nano } from './arithmetic.ts'
import { type Lookup, requestOf } from './lookup.ts'

/** Each answer is on one receipt at most, and each request that a vendor saw has one. The serves that are charged for. */
export const judgeLinks = (look: Lookup): ReadonlySet<number> => {
  const { evidence, faults, receipts, servesByMark, toldByMark } = look
  const charged = new Map<number, string>()
  for (const { request_id: id, raw_usage: raw, cost_usd: cost } of evidence.receipts) {
    if (raw?.workload_serve === undefined || nano(cost) === 0n) continue
    const other = charged.get(raw.workload_serve)
    if (other !== undefined) faults.add('one answer charged twice', `${id} and ${other}`)
    charged.set(raw.workload_serve, id)
  }
  let nameless = 0
  for (const mark of servesByMark.keys()) {
    const told = toldByMark.get(mark)
    if (told?.requestId === undefined) nameless += 1
    else if (!receipts.has(told.requestId)) faults.add('a request that was sent and has no receipt', told.requestId)
  }
  const unseen = evidence.receipts.filter(
    (receipt) => receipt.corrects === undefined && !look.toldByRequest.has(requestOf(receipt)),
  ).length
  if (unseen < nameless)
    faults.add('requests that were sent and have no receipt', `${nameless - unseen} of ${nameless}`)
  return new Set(charged.keys())
}

/** How long after its end an answer may be lost with its replica: its charge is on its way to the database. */
const ON_ITS_WAY_MS = 1_000

/** What clients got is on receipts that say so. How many were lost with a replica that was killed just then. */
export const judgeAnswers = ({ evidence, faults, receipts }: Lookup): number => {
  let lost = 0
  for (const told of evidence.told) {
    if (told.status !== 200 || told.requestId === undefined) continue
    const receipt = receipts.get(told.requestId)
    if (!receipt) faults.add('an answer without a receipt', told.requestId)
    else if (told.outcome === 'whole' && receipt.ended !== 'whole') {
      const isKilled = evidence.killsMs.some(([from, to]) => told.startedMs < to && told.endedMs > from - ON_ITS_WAY_MS)
      if (receipt.ended === 'abandoned' && isKilled) lost += 1
      else faults.add('a whole answer that is not on its receipt', `${told.requestId} ended ${receipt.ended}`)
    } else if (
      told.outcome === 'left' &&
      told.words > 0 &&
      !['client_cut', 'whole', 'abandoned', 'upstream_cut'].includes(receipt.ended)
    )
      faults.add('delivered words on no receipt', `${told.requestId} ended ${receipt.ended}`)
    else if (
      told.words > 0 &&
      nano(receipt.cost_usd) + nano(receipt.uncollected_usd) === 0n &&
      receipt.ended !== 'abandoned'
    )
      faults.add('delivered words that cost nothing', `${told.requestId} ended ${receipt.ended}`)
  }
  return lost
}

/** A cut stream told no usage that would name it: there the receipt is its client's. */
export const countUncharged = ({ evidence, toldByMark, receipts }: Lookup, charged: ReadonlySet<number>): number => {
  const isPaid = (mark: number): boolean => {
    const receipt = receipts.get(toldByMark.get(mark)?.requestId ?? '')
    return receipt !== undefined && nano(receipt.cost_usd) > 0n
  }
  return [...evidence.serves.values()].filter(
    ({ id, mark, wordsSent }) => wordsSent > 0 && !charged.has(id) && !isPaid(mark),
  ).length
}
