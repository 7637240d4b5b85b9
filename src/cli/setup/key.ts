import { buffer } from 'node:stream/consumers'
import { err, ok, type Result } from '../../result.ts'
import { isKey } from '../../setup/plan.ts'
import { askOnTerminal, BROKEN_OFF } from './terminal.ts'

/** Where a key may come from; the command line is not among them, for everybody sees it in the list of processes. */
export interface KeySources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Read it from standard input. */
  readonly fromInput: boolean
  /** The one that is set up already. */
  readonly present: string | undefined
}

/** The key: from `TOLLGATE_API_KEY`, from standard input, or asked for on the terminal, unseen. */
export const readKey = async ({ environment, fromInput, present }: KeySources): Promise<Result<string, string>> => {
  const given = environment.TOLLGATE_API_KEY?.trim()
  if (fromInput) return checked((await buffer(process.stdin)).toString().trim())
  if (given) return checked(given)
  const question = present === undefined ? 'Tollgate key: ' : 'Tollgate key (Enter keeps the present one): '
  const answer = await askOnTerminal(question, 'unseen')
  if (answer.ok) return answer.value === '' && present !== undefined ? ok(present) : checked(answer.value)
  // Who breaks off does not want the present one either; where nobody can be asked, it is the only one there is.
  if (answer.error === BROKEN_OFF) return answer
  return present === undefined ? err(nobodyToAsk(answer.error)) : ok(present)
}

const nobodyToAsk = (why: string): string =>
  `There is no terminal to ask for the key (${why}). Put it into TOLLGATE_API_KEY, or use --key-stdin.`

const checked = (key: string): Result<string, string> =>
  isKey(key) ? ok(key) : err('That is not a key: keys are letters, digits and the signs - _ . ~ +, without spaces.')
