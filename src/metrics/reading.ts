import Counter from 'prom-client/lib/counter.js'
import Gauge from 'prom-client/lib/gauge.js'
import Histogram from 'prom-client/lib/histogram.js'
import type Registry from 'prom-client/lib/registry.js'
import type { Distribution } from './distribution.ts'
import type { Family } from './families.ts'

export type Labels = Readonly<Record<string, string>>

/** One value of a family. */
export interface Point<Value = number> {
  readonly labels: Labels
  readonly value: Value
}

/** Registers a counter that is read when it is asked for. Points with the same labels are added up. */
export const registerCounter = (register: Registry, family: Family, read: () => Iterable<Point>): void => {
  const { name, help, labels } = family
  const collect = (): void => {
    counter.reset()
    for (const point of read()) counter.inc({ ...point.labels }, point.value)
  }
  const counter = new Counter({ name, help, labelNames: labels, registers: [register], collect })
}

/** Registers a gauge that is read when it is asked for. Without a value it is not told. */
export const registerGauge = (
  register: Registry,
  family: Family,
  read: () => number | undefined,
  labels: Labels = {},
): void => {
  const collect = (): void => {
    const value = read()
    if (value === undefined) gauge.remove()
    else gauge.set({ ...labels }, value)
  }
  const { name, help } = family
  const gauge = new Gauge({ name, help, labelNames: family.labels, registers: [register], collect })
}

/** The same for a gauge of several values. Those that are no longer told are gone. */
export const registerGauges = (register: Registry, family: Family, read: () => Iterable<Point>): void => {
  const collect = (): void => {
    gauge.reset()
    for (const { labels, value } of read()) gauge.set({ ...labels }, value)
  }
  const { name, help, labels } = family
  const gauge = new Gauge({ name, help, labelNames: labels, registers: [register], collect })
}

type BoundedFamily = Family & { readonly bounds: readonly number[] }

/** Registers a histogram of distributions that were counted elsewhere. */
export const registerHistogram = (
  register: Registry,
  family: BoundedFamily,
  read: () => Iterable<Point<Distribution>>,
): void => {
  register.registerMetric(new Counted(family, read))
}

/** The library's own histogram counts for itself; this one only tells what it is given. */
class Counted extends Histogram {
  readonly #family: BoundedFamily
  readonly #read: () => Iterable<Point<Distribution>>

  constructor(family: BoundedFamily, read: () => Iterable<Point<Distribution>>) {
    const { name, help, labels, bounds } = family
    super({ name, help, labelNames: labels, buckets: [...bounds], registers: [] })
    this.#family = family
    this.#read = read
  }

  /** What the registry asks a histogram; `get` asks it too. */
  getForPromString() {
    const { name, help, bounds } = this.#family
    const words = [...bounds.map(String), '+Inf']
    const values = [...this.#read()].flatMap(({ labels, value }) => {
      const counts = value.cumulative()
      const metricName = `${name}_bucket`
      const buckets = words.map((le, place) => ({ metricName, labels: { le }, value: counts[place] ?? 0 }))
      const rest = [
        { metricName: `${name}_sum`, labels: {}, value: value.sumSeconds() },
        { metricName: `${name}_count`, labels: {}, value: counts.at(-1) ?? 0 },
      ]
      return [...buckets, ...rest].map((each) => ({ ...each, sharedLabels: labels }))
    })
    return Promise.resolve({ name, help, type: 'histogram', values })
  }
}
