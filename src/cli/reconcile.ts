import { readFile } from 'node:fs/promises'
import { text as textOfStream } from 'node:stream/consumers'
import { type Answer, askAdmin, type Fields, fieldsOf, report, table } from './admin.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, textOf } from './io.ts'

export const reconcile: Command = {
  name: 'reconcile',
  summary: "Compare a provider's export of usage or costs with the receipts; exit code 1 when they differ",
  options: {
    provider: { argument: '<id>', help: 'The provider of the configuration whose export it is (required)' },
    file: { argument: '<file|->', help: 'The export: CSV, a page of JSON or a list of pages (required)' },
    since: { argument: '<day>', help: 'Leave out days before this one, such as 2026-11-01' },
    until: { argument: '<day>', help: 'Leave out days after this one: the last of an export often is not over' },
    models: { argument: '<a=b,c=d>', help: 'What they call a model, and what we call it' },
    'threshold-percent': { argument: '<n>', help: 'Differences up to so many per cent are none; 1 when left out' },
    'threshold-usd': { argument: '<usd>', help: 'Nor are those up to this much; 0.01 when left out' },
    'threshold-tokens': { argument: '<n>', help: 'Nor those of up to so many tokens; 1000 when left out' },
    ...CONFIG_OPTION,
    ...JSON_OPTION,
  },
  run: async (call) => {
    const [provider, file] = [textOf(call, 'provider'), textOf(call, 'file')]
    if (provider === undefined || file === undefined) {
      call.io.problem(`${provider === undefined ? '--provider' : '--file'} is missing.\n`)
      return EXIT.usage
    }
    const models = readModels(textOf(call, 'models'))
    if (!models) {
      call.io.problem('--models is a list of names such as their-name=our-name,other=ours.\n')
      return EXIT.usage
    }
    const content = await readContent(call, file)
    if (content === undefined) return EXIT.failure
    return askAdmin(call, async (ask) => {
      const answer = await ask('POST', '/api/admin/reconciliations', {
        provider,
        content,
        models,
        since: textOf(call, 'since'),
        until: textOf(call, 'until'),
        threshold_percent: textOf(call, 'threshold-percent'),
        threshold_usd: textOf(call, 'threshold-usd'),
        threshold_tokens: textOf(call, 'threshold-tokens'),
      })
      return tell(call, answer)
    })
  },
}

/** Prints the report. The exit code is that of a check: success only where nothing is above the thresholds. */
const tell = (call: Call, answer: Answer): number => {
  const code = report(call, answer, describe)
  return code === EXIT.success && fieldsOf(answer.body).ok !== true ? EXIT.failure : code
}

const describe = (body: Fields): string => {
  const rows = fieldsIn(body.rows).flatMap((row) =>
    fieldsIn(row.drifts)
      .filter(({ above }) => above === true)
      .map((drift) => [row.day, row.model ?? '(no model)', ...cellsOf(drift)]),
  )
  const totals = fieldsIn(body.totals).map((drift) => ['total', '', ...cellsOf(drift)])
  const [since, until, format, provider] = [body.since, body.until, body.format, body.provider].map(String)
  const found = rows.length === 0 ? 'Nothing is above the thresholds.' : `Above the thresholds: ${rows.length}.`
  const headings = ['day', 'model', 'measure', 'theirs', 'ours', 'difference', '%']
  const unpriced =
    Number(body.unpriced) > 0 ? `\nRequests without a known cost at the provider: ${String(body.unpriced)}.` : ''
  return `${provider}, ${since} to ${until} (${format}). ${found}${unpriced}\n${table(headings, [...rows, ...totals])}`
}

const cellsOf = ({ measure, theirs, ours, difference, percent }: Fields): readonly unknown[] => [
  measure,
  theirs,
  ours,
  difference,
  percent ?? '-',
]

const fieldsIn = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])

/** `a=b,c=d` as an object; `undefined` where it is something else. */
const readModels = (text: string | undefined): Readonly<Record<string, string>> | undefined => {
  const pairs = (text ?? '').split(',').filter((pair) => pair !== '')
  const split = pairs.map((pair) => pair.split('=').map((name) => name.trim()))
  if (split.some((names) => names.length !== 2 || names.includes(''))) return undefined
  return Object.fromEntries(split as [string, string][])
}

const readContent = async (call: Call, file: string): Promise<string | undefined> => {
  try {
    return await (file === '-' ? textOfStream(process.stdin) : readFile(file, 'utf8'))
  } catch (error) {
    call.io.problem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}\n`)
    return undefined
  }
}
