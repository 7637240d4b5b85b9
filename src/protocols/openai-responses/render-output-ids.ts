import { fitCallId } from '../shared/call-ids.ts'

/** Makes the ids of one answer, of its request's, so that they are unique within it and among answers. */
export interface Ids {
  /** An id that no other item of the answer has; `wanted` where that is free. */
  newId(prefix: string, wanted?: string): string
  newCallId(wanted: string): string
}

/** The longest `call_id` that OpenAI takes back. */
const CALL_ID_LENGTH_MAX = 64

export const createIds = (requestId: string): Ids => {
  const stem = stemOf(requestId)
  const taken = new Set<string>()
  let ordinal = 0
  const free = (wanted: string): string => {
    let id = wanted
    for (let copy = 2; taken.has(id); copy += 1) id = `${wanted}_${copy}`
    taken.add(id)
    return id
  }
  return {
    newId: (prefix, wanted = '') =>
      wanted !== '' && !taken.has(wanted) ? free(wanted) : free(`${prefix}_${stem}_${ordinal++}`),
    newCallId: (wanted) =>
      free(wanted === '' ? `call_${stem}_${ordinal++}` : fitCallId(wanted, CALL_ID_LENGTH_MAX, 'plain')),
  }
}

/** What of a request's id its response and items share. */
export const stemOf = (requestId: string): string => requestId.replace(/^req_/, '')
