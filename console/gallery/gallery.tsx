import { useState } from 'react'
import { ApiError } from '../src/api/error.ts'
import { nanoOf } from '../src/format/money.ts'
import { Badge, Notice } from '../src/ui/badge.tsx'
import { Button } from '../src/ui/button.tsx'
import { Card, Fact, Facts, Stat, Stats } from '../src/ui/card.tsx'
import { Chart } from '../src/ui/chart.tsx'
import { CodeTabs } from '../src/ui/code-block.tsx'
import { CopyButton, SecretOnce } from '../src/ui/copy.tsx'
import { type Column, DataTable } from '../src/ui/data-table.tsx'
import { DiffView } from '../src/ui/diff-view.tsx'
import { EmptyState } from '../src/ui/empty-state.tsx'
import { ErrorNote, ErrorState } from '../src/ui/error-state.tsx'
import { PageHeader } from '../src/ui/page-header.tsx'
import { Pagination, useCursor } from '../src/ui/pagination.tsx'
import { RowsSkeleton } from '../src/ui/skeleton.tsx'
import { toast } from '../src/ui/toast.tsx'
import { Duration, Money, Share, Time, Tokens } from '../src/ui/values.tsx'
import { Forms } from './forms.tsx'
import { Windows } from './windows.tsx'

interface Row {
  readonly id: string
  readonly cost: string
  readonly at: string
}

const ROWS: readonly Row[] = Array.from({ length: 5_000 }, (_, index) => ({
  id: `req_${String(index).padStart(5, '0')}`,
  cost: `0.00000${String((index * 7919) % 5_000).padStart(4, '0')}`,
  at: new Date(Date.UTC(2026, 10, 1) + index * 60_000).toISOString(),
}))

const COLUMNS: readonly Column<Row>[] = [
  { id: 'id', header: 'Request', cell: ({ id }) => id, isRowHeader: true, sortBy: ({ id }) => id },
  {
    id: 'cost',
    header: 'Cost',
    cell: ({ cost }) => <Money amount={cost} />,
    align: 'end',
    sortBy: (row) => nanoOf(row.cost),
  },
  { id: 'at', header: 'At', cell: ({ at }) => <Time at={at} />, from: 'sm' },
  { id: 'extra', header: 'Extra', cell: () => 'more', isHidden: true },
]

const POINTS = ['Mon', 'Tue', 'Wed'].map((at, index) => ({ at, values: { a: index * 10, b: index === 1 ? null : 5 } }))
const SERIES = [
  { id: 'a', label: 'Requests' },
  { id: 'b', label: 'Errors' },
]
const REFUSED = new ApiError('It was refused.', { status: 422, code: 'invalid', requestId: 'req_1' })

/** Every component once. */
export const Gallery = () => (
  <main id="main" className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
    <PageHeader title="Gallery" description="Every component once." actions={<Button>Act</Button>} />
    <Forms />
    <Windows />
    <Card title="Values">
      <Stats>
        <Stat label="Cost" value={<Money amount="0.000000450" />} note="since Monday" />
        <Stat label="Tokens" value={<Tokens count={1_234_567} isShort />} />
        <Stat label="Hits" value={<Share share={0.9999} />} />
        <Stat label="Nothing known" value={<Money amount={null} />} />
      </Stats>
      <Facts>
        <Fact label="Took">
          <Duration ms={1_240} />
        </Fact>
      </Facts>
      {(['neutral', 'good', 'warn', 'danger', 'accent'] as const).map((tone) => (
        <Badge key={tone} tone={tone}>
          {tone}
        </Badge>
      ))}
      <Notice tone="warn">Mind this.</Notice>
    </Card>
    <Card title="Table">
      <DataTable label="Requests" columns={COLUMNS} rows={ROWS} rowKey={({ id }) => id} />
    </Card>
    <Card title="Charts">
      {(['line', 'bar', 'area'] as const).map((kind) => (
        <Chart
          key={kind}
          title={`A ${kind} chart`}
          kind={kind}
          series={SERIES}
          points={POINTS}
          format={String}
          isStacked
        />
      ))}
    </Card>
    <Card title="Differences">
      <DiffView left={{ model: 'a', n: 1 }} right={{ model: 'b', n: 1 }} leftTitle="Client" rightTitle="Upstream" />
    </Card>
    <Card title="Code">
      <CodeTabs
        label="Languages"
        variants={[
          { name: 'curl', code: `curl http://127.0.0.1/${'x'.repeat(200)}` },
          { name: 'Python', code: 'print(1)' },
        ]}
      />
      <CopyButton text="copied text" isWide label="Copy it" />
      <SecretOnce secret="sk-tg-secret" label="Key" />
    </Card>
    <States />
  </main>
)

const States = () => {
  const cursor = useCursor()
  const [tries, setTries] = useState(0)
  return (
    <Card title="States">
      <EmptyState title="Nothing yet" text="Make one." action={<Button onClick={() => toast('Done')}>Make</Button>} />
      <ErrorState error={REFUSED} onRetry={() => setTries(tries + 1)} />
      <p>Tries: {tries}</p>
      <ErrorNote error={REFUSED} />
      <RowsSkeleton rows={2} />
      <Pagination cursor={cursor} next="more" />
    </Card>
  )
}
