import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { ScrollFrame } from './scroll-frame.tsx'
import { Skeleton } from './skeleton.tsx'

export interface Series {
  readonly id: string
  readonly label: string
}

/** One place on the horizontal axis, with a value for each series; `null`: not known, a gap. */
export interface Point {
  /** Its name on the axis, and in the table. */
  readonly at: string
  /** A shorter name for the axis, where there is little room. */
  readonly axis?: string
  readonly values: Readonly<Record<string, number | null>>
}

export interface ChartProps {
  /** What it shows, in a sentence: its caption, and what ears hear. */
  readonly title: string
  readonly kind: 'line' | 'bar' | 'area'
  readonly series: readonly Series[]
  readonly points: readonly Point[]
  /** Of a value, as on the axis, in the tip and in the table. */
  readonly format: (value: number) => string
  /** Values on top of each other, where they add up. */
  readonly isStacked?: boolean
  /** Where the axis ends, whatever is shown: 1 for shares. By itself it ends above the highest value. */
  readonly highest?: number
  readonly heightPx?: number
}

const Drawing = lazy(() => import('./chart-drawing.tsx'))

/** A chart, loaded when one is first shown; and the same as a table, for whoever would rather read, or hear, it. */
export const Chart = (props: ChartProps) => {
  const { title, heightPx = 240 } = props
  const { t } = useTranslation()
  const [isTable, setTable] = useState(false)
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 text-sm font-medium">{title}</span>
        <Button kind="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {t('asTable')}
        </Button>
      </figcaption>
      {isTable ? <ChartTable {...props} /> : <Drawn {...props} heightPx={heightPx} />}
    </figure>
  )
}

/** Where there is nothing, no axis claims a scale. */
const Drawn = (props: ChartProps) => {
  const { t } = useTranslation()
  const values = props.points.flatMap((point) => Object.values(point.values)).filter((value) => value !== null)
  // Of nothing but zeros the axis would be made up, unless it is given.
  const isEmpty = values.length === 0 || (props.highest === undefined && values.every((value) => value === 0))
  if (isEmpty)
    return (
      <p
        style={{ minHeight: props.heightPx }}
        className="flex items-center justify-center rounded-md border border-dashed border-line px-3 text-muted"
      >
        {t('noValues')}
      </p>
    )
  return (
    <div aria-hidden>
      <Suspense fallback={<Skeleton className="h-60 w-full" />}>
        <Drawing {...props} />
      </Suspense>
    </div>
  )
}

const ChartTable = ({ title, series, points, format }: ChartProps) => {
  const { t } = useTranslation()
  return (
    <ScrollFrame label={title} className="max-h-72 overflow-auto rounded-md border border-line">
      <table aria-label={title} className="w-full border-collapse text-left text-sm">
        <thead className="sticky top-0 bg-raised">
          <tr>
            <th scope="col" className="px-3 py-1">
              {t('time')}
            </th>
            {series.map(({ id, label }) => (
              <th key={id} scope="col" className="px-3 py-1 text-right">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map(({ at, values }) => (
            <tr key={at} className="border-t border-line">
              <th scope="row" className="px-3 py-1 font-normal whitespace-nowrap">
                {at}
              </th>
              {series.map(({ id }) => {
                const value = values[id]
                return (
                  <td key={id} className="px-3 py-1 text-right tabular-nums">
                    {value === null || value === undefined ? '–' : format(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  )
}
