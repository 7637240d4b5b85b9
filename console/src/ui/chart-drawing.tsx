import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { ChartProps } from './chart.tsx'

const COLOURS = [
  'var(--chart-1)',
  'var(--chart-2)',
  'var(--chart-3)',
  'var(--chart-4)',
  'var(--chart-5)',
  'var(--chart-6)',
]
const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? 'var(--chart-1)'

const KINDS = { line: LineChart, bar: BarChart, area: AreaChart } as const

const TIP = {
  background: 'var(--surface)',
  border: '1px solid var(--line)',
  borderRadius: 8,
  color: 'var(--text)',
} as const

const DOTS_MAX = 60

/** The drawing of a chart; apart from everything else, for the library it is drawn with is large. */
const ChartDrawing = ({ kind, series, points, format, isStacked = false, highest, heightPx = 240 }: ChartProps) => {
  const Kind = KINDS[kind]
  const data = points.map(({ at, values }) => ({ at, ...values }))
  // A value between two that are not known is a dot or nothing.
  const dot = points.length <= DOTS_MAX ? { r: 2 } : false
  const axisOf = new Map(points.map(({ at, axis }) => [at, axis ?? at]))
  const stack = isStacked ? { stackId: 'all' } : {}
  return (
    <ResponsiveContainer width="100%" height={heightPx}>
      <Kind data={data} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis
          dataKey="at"
          stroke="var(--edge)"
          tick={{ fill: 'var(--muted)', fontSize: 12 }}
          tickFormatter={(at: string) => axisOf.get(at) ?? at}
          minTickGap={24}
        />
        <YAxis
          stroke="var(--edge)"
          tick={{ fill: 'var(--muted)', fontSize: 12 }}
          width="auto"
          domain={[0, highest ?? 'auto']}
          tickFormatter={(value: number) => format(value)}
        />
        <Tooltip
          isAnimationActive={false}
          formatter={(value) => (typeof value === 'number' ? format(value) : String(value))}
          contentStyle={TIP}
          cursor={{ fill: 'var(--raised)', stroke: 'var(--edge)' }}
        />
        {series.length > 1 && <Legend itemSorter={null} />}
        {series.map(({ id, label }, index) => {
          const colour = colourOf(index)
          const common = { dataKey: id, name: label, isAnimationActive: false }
          if (kind === 'bar') return <Bar key={id} {...common} {...stack} fill={colour} />
          if (kind === 'line')
            return <Line key={id} {...common} type="monotone" dot={dot} strokeWidth={2} stroke={colour} />
          return (
            <Area
              key={id}
              {...common}
              {...stack}
              type="monotone"
              dot={dot}
              stroke={colour}
              fill={colour}
              fillOpacity={0.2}
            />
          )
        })}
      </Kind>
    </ResponsiveContainer>
  )
}

export default ChartDrawing
