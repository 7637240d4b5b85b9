import type { Told } from './client.ts'
import type { Customer, Key } from './customers.ts'
import type { Evidence, Receipt } from './evidence.ts'
import { Faults } from './findings.ts'
import type { Serve } from './upstream.ts'

export interface Owner {
  readonly customer: Customer
  readonly key: Key
}

/** What every check looks things up in. */
export interface Lookup {
  readonly evidence: Evidence
  readonly faults: Faults
  readonly owners: ReadonlyMap<string, Owner>
  /** What finally holds of each request, by its id. */
  readonly receipts: ReadonlyMap<string, Receipt>
  readonly toldByRequest: ReadonlyMap<string, Told>
  /** Requests whose clients never saw their id, by key. */
  readonly nameless: ReadonlyMap<string, readonly Told[]>
  readonly toldByMark: ReadonlyMap<number, Told>
  readonly servesByMark: ReadonlyMap<number, readonly Serve[]>
}

export const lookup = (evidence: Evidence): Lookup => {
  const faults = new Faults()
  const owners = new Map<string, Owner>()
  for (const customer of evidence.clientele.customers)
    for (const key of customer.keys) owners.set(key.id, { customer, key })
  const receipts = new Map<string, Receipt>()
  for (const receipt of evidence.receipts) {
    if (receipts.has(receipt.request_id)) faults.add('two receipts of one request', receipt.request_id)
    receipts.set(receipt.request_id, receipt)
  }
  for (const late of evidence.receipts) if (late.corrects !== undefined) correct(receipts, late, faults)
  const toldByRequest = new Map<string, Told>()
  for (const told of evidence.told) if (told.requestId !== undefined) toldByRequest.set(told.requestId, told)
  const nameless = new Map<string, Told[]>()
  for (const told of evidence.told) {
    if (told.requestId !== undefined) continue
    const { id } = told.ask.key
    nameless.set(id, [...(nameless.get(id) ?? []), told])
  }
  const servesByMark = new Map<number, Serve[]>()
  for (const serve of evidence.serves.values()) {
    const known = servesByMark.get(serve.mark)
    if (known) known.push(serve)
    else servesByMark.set(serve.mark, [serve])
  }
  const toldByMark = new Map(evidence.told.map((told) => [told.ask.mark, told]))
  return { evidence, faults, owners, receipts, toldByRequest, nameless, toldByMark, servesByMark }
}

/** The id that a receipt's client has seen, if any. */
export const requestOf = ({ request_id: id, corrects }: Receipt): string => corrects ?? id

/** A request that ended when others had given it up has a second receipt, which takes the place of the first. */
const correct = (receipts: Map<string, Receipt>, late: Receipt, faults: Faults): void => {
  const { request_id: id, corrects = '' } = late
  const first = receipts.get(corrects)
  if (id !== `${corrects}-late`) faults.add('a late receipt under another id', id)
  if (first?.ended !== 'abandoned' || /[1-9]/.test(first.cost_usd + first.uncollected_usd))
    faults.add('a late receipt of a request that was not given up', `${id}: ${first?.ended} ${first?.cost_usd}`)
  if (late.ended === 'abandoned') faults.add('a late receipt that says nothing new', id)
  receipts.delete(id)
  receipts.set(corrects, late)
}

/** What the upstream remembers of the answer that a receipt's own usage names. */
export const serveOf = ({ evidence }: Lookup, receipt: Receipt): Serve | undefined =>
  evidence.serves.get(receipt.raw_usage?.workload_serve ?? -1)
