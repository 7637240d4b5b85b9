/** One line of values: `name{labels} value`. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface FamilyRead {
  readonly help: string
  readonly type: string
  readonly samples: readonly Sample[]
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/i
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] }

/**
 * Reads Prometheus' text format, version 0.0.4, and takes nothing for granted: throws, with the line, where a family has
 * no HELP and TYPE before its values or has them twice, its values do not stand together, a name, label or number is
 * malformed, the same series is told twice, a counter is negative, or a histogram's buckets do not add up.
 */
export const readExposition = (text: string): ReadonlyMap<string, FamilyRead> => {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, { help: string; type: string; samples: Sample[] }>()
  const seen = new Set<string>()
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (comment) current = readComment(families, comment, line)
    else if (line.startsWith('#')) throw new Error(`a comment that says nothing: ${line}`)
    else {
      const family = families.get(current)
      const sample = readSample(line)
      if (!family?.type) throw new Error(`a value of no family: ${line}`)
      if (!(SUFFIXES[family.type] ?? ['']).some((suffix) => sample.name === current + suffix))
        throw new Error(`a value of another family than ${current}: ${line}`)
      const series = `${sample.name} ${wordsOf(sample.labels)}`
      if (seen.has(series)) throw new Error(`a series told twice: ${line}`)
      seen.add(series)
      if (family.type === 'counter' && !(sample.value >= 0)) throw new Error(`a counter below zero: ${line}`)
      family.samples.push(sample)
    }
  }
  for (const [name, { type, samples }] of families) {
    if (type === '') throw new Error(`${name} has no type`)
    if (type === 'histogram') checkHistogram(name, samples)
  }
  return families
}

type Families = Map<string, { help: string; type: string; samples: Sample[] }>

const readComment = (families: Families, [, what, name = '', rest = '']: RegExpExecArray, line: string): string => {
  if (!NAME.test(name)) throw new Error(`no name: ${line}`)
  const known = families.get(name)
  if (what === 'HELP') {
    if (known) throw new Error(`a family told twice: ${line}`)
    families.set(name, { help: rest, type: '', samples: [] })
  } else {
    if (known?.type !== '' || known.samples.length > 0) throw new Error(`a type out of place: ${line}`)
    if (!/^(counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`no type: ${line}`)
    known.type = rest
  }
  return name
}

const readSample = (line: string): Sample => {
  const [, name = '', , labels = '', value = ''] = /^([^\s{]+)(\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (!NAME.test(name) || !VALUE.test(value)) throw new Error(`no value: ${line}`)
  return { name, labels: readLabels(labels, line), value: Number(value.replace(/inf/i, 'Infinity')) }
}

const readLabels = (text: string, line: string): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? []
    if (name === '' || name.startsWith('__') || name in labels) throw new Error(`no labels: ${line}`)
    labels[name] = value.replace(/\\(.)/g, (_, after: string) => (after === 'n' ? '\n' : after))
  }
  return labels
}

/** The same for the same labels, in whatever order they stand. */
const wordsOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))

/** For each labelling: bounds ascend to `+Inf`, counts never fall, and the last is the count. */
const checkHistogram = (name: string, samples: readonly Sample[]): void => {
  const groups = Map.groupBy(samples, ({ labels: { le: _, ...rest } }) => wordsOf(rest))
  for (const [labels, group] of groups) {
    const fail = (what: string): never => {
      throw new Error(`${name}${labels}: ${what}`)
    }
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels: { le = '' } }) => (le === '+Inf' ? Infinity : Number(le)))
    if (bounds.at(-1) !== Infinity) fail('no bucket of all')
    if (bounds.some((bound, at) => Number.isNaN(bound) || bound <= (bounds[at - 1] ?? -Infinity))) fail('bounds')
    if (buckets.some(({ value }, at) => value < (buckets[at - 1]?.value ?? 0))) fail('counts fall')
    const count = group.find((sample) => sample.name === `${name}_count`)
    if (count?.value !== buckets.at(-1)?.value) fail('its count is another')
    if (!group.some((sample) => sample.name === `${name}_sum`)) fail('no sum')
  }
}
