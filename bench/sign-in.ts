/// `npm run bench -- sign-in`: whether the time of an answer tells who has an account.
import { startGateway } from '../test/harness/gateway.ts'
import { openBrowser } from '../test/accounts/browser.ts'

const PASSWORD = 'correct horse battery staple'
const WRONG = 'another horse, another battery'
const PAIRS = 300
const PAIRS_QUICK = 40
const WARM_UP = 10

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0

interface Compared {
  readonly name: string
  readonly known: () => Promise<void>
  readonly unknown: () => Promise<void>
}

const tookMs = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Each pair one after the other, now in this order and now in that, so that what else the machine does meets both alike. */
const compare = async ({ name, known, unknown }: Compared, pairs: number): Promise<string> => {
  const [ofKnown, ofUnknown, differences]: [number[], number[], number[]] = [[], [], []]
  for (let pair = -WARM_UP; pair < pairs; pair += 1) {
    const isTurned = pair % 2 === 0
    const first = await tookMs(isTurned ? unknown : known)
    const second = await tookMs(isTurned ? known : unknown)
    if (pair < 0) continue
    const [one, other] = isTurned ? [second, first] : [first, second]
    ofKnown.push(one)
    ofUnknown.push(other)
    differences.push(one - other)
  }
  // Of a median's 95 % interval: the ranks that 1.96 deviations of a binomial are away.
  const apart = (1.96 * Math.sqrt(pairs)) / 2 / pairs
  const ms = (value: number): string => value.toFixed(2)
  const interval = `${ms(quantile(differences, 0.5 - apart))} to ${ms(quantile(differences, 0.5 + apart))}`
  const spread = ms(quantile(ofKnown, 0.9) - quantile(ofKnown, 0.1))
  return `| ${name} | ${ms(quantile(ofKnown, 0.5))} | ${ms(quantile(ofUnknown, 0.5))} | ${ms(quantile(differences, 0.5))} (${interval}) | ${spread} |`
}

/** Prints one row for each call that names an address. Times are of the whole answer, over loopback. */
export const benchSignIn = async (isQuick: boolean): Promise<void> => {
  const attempts = { per_address: 1_000_000, per_account: 1_000_000 }
  const limits = { per_ip: { rpm: 1_000_000, burst: 1_000_000 } }
  const gateway = await startGateway({
    config: { providers: { demo: { kind: 'demo' } }, accounts: { sign_up: 'open', sign_in: attempts }, limits },
  })
  const browser = openBrowser(gateway.url)
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  let count = 0
  const fresh = (): string => {
    count += 1
    return `nobody${count}@example.com`
  }
  const post = async (path: string, body: object, status: number): Promise<void> => {
    const answered = await browser.post(path, body)
    if (answered.status !== status) throw new Error(`${path} answered ${answered.status}`)
  }
  const signUp = (email: string) => post('/api/auth/sign-up/email', { name: 'Ada', email, password: PASSWORD }, 200)
  const signIn = (email: string) => post('/api/auth/sign-in/email', { email, password: WRONG }, 401)
  await signUp('known@example.com')
  const rows: readonly Compared[] = [
    { name: 'signing in, wrong password', known: () => signIn('known@example.com'), unknown: () => signIn(fresh()) },
    { name: 'signing up', known: () => signUp('known@example.com'), unknown: () => signUp(fresh()) },
  ]
  say(
    '| call | an address that is known: median, ms | one that is not | difference in pairs (95 %) | 10th to 90th percentile |',
  )
  say('|---|---|---|---|---|')
  for (const row of rows) say(await compare(row, isQuick ? PAIRS_QUICK : PAIRS))
  await gateway.stop()
}
