import type { UseTranslationResponse } from 'react-i18next'
import type { Names } from '../../api/names.ts'
import { nanoOf } from '../../format/money.ts'
import { Badge } from '../../ui/badge.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { FailureMark, Outcome } from '../../ui/outcome.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { Duration, Money, Time, Tokens } from '../../ui/values.tsx'
import type { Receipt } from './use-tail.ts'

type T = UseTranslationResponse<'logs', undefined>['t']

/** All tokens that went in, whatever they cost. */
const inputOf = ({ usage }: Receipt): number =>
  usage.input + usage.cache_read + usage.cache_write_5m + usage.cache_write_1h + (usage.input_audio ?? 0)
const outputOf = ({ usage }: Receipt): number => usage.output + (usage.output_audio ?? 0)

/** Seconds matter today; later, the day does. */
const isToday = (at: string): boolean => new Date(at).toDateString() === new Date().toDateString()

export const columnsOf = (t: T, names: Names): readonly Column<Receipt>[] => [
  {
    id: 'at',
    header: t('column.at'),
    isRowHeader: true,
    sortBy: ({ at }) => at,
    cell: ({ at, request_id: id, status, ended }) => (
      <>
        <TextLink to="/console/logs/$id" params={{ id }} className="[&_time]:max-sm:whitespace-normal">
          <Time at={at} style={isToday(at) ? 'clock' : 'hour'} />
        </TextLink>
        <FailureMark status={status} ended={ended} />
      </>
    ),
  },
  {
    id: 'model',
    header: t('column.model'),
    sortBy: ({ model_served: model }) => model,
    cell: ({ model_served: served, model_requested: asked }) => (
      <span
        className="inline-block min-w-20 wrap-anywhere sm:min-w-28"
        title={asked === served ? undefined : t('askedAs', { model: asked })}
      >
        {served || asked}
      </span>
    ),
  },
  {
    id: 'cost',
    header: t('column.cost'),
    align: 'end',
    sortBy: ({ cost_usd: cost }) => nanoOf(cost),
    cell: ({ cost_usd: cost }) => <Money amount={cost} />,
  },
  {
    id: 'outcome',
    header: t('column.outcome'),
    from: 'sm',
    sortBy: ({ status }) => status,
    cell: ({ status, ended }) => <Outcome status={status} ended={ended} />,
  },
  {
    id: 'input',
    header: t('column.input'),
    align: 'end',
    from: 'md',
    sortBy: inputOf,
    cell: (receipt) => <Tokens count={inputOf(receipt)} />,
  },
  {
    id: 'output',
    header: t('column.output'),
    align: 'end',
    from: 'md',
    sortBy: outputOf,
    cell: (receipt) => <Tokens count={outputOf(receipt)} />,
  },
  {
    id: 'latency',
    header: t('column.latency'),
    align: 'end',
    from: 'sm',
    sortBy: ({ latency_ms: latencyMs }) => latencyMs,
    cell: ({ latency_ms: latencyMs }) => <Duration ms={latencyMs} />,
  },
  {
    id: 'ttft',
    header: t('column.ttft'),
    align: 'end',
    isHidden: true,
    sortBy: ({ ttft_ms: ttftMs }) => ttftMs,
    cell: ({ ttft_ms: ttftMs }) => <Duration ms={ttftMs} />,
  },
  {
    id: 'key',
    header: t('column.key'),
    from: 'lg',
    sortBy: ({ key_id: id }) => names.keyName(id),
    cell: ({ key_id: id }) => <span className="block max-w-40 truncate">{names.keyName(id)}</span>,
  },
  {
    id: 'losses',
    header: t('column.losses'),
    align: 'end',
    from: '2xl',
    sortBy: ({ warnings }) => warnings.length,
    cell: ({ warnings }) =>
      warnings.length === 0 ? <span className="text-muted">–</span> : <Badge tone="warn">{warnings.length}</Badge>,
  },
  ...rareColumns(t, names),
]

/** Shown when they are asked for. */
const rareColumns = (t: T, names: Names): readonly Column<Receipt>[] => [
  {
    id: 'format',
    header: t('column.format'),
    isHidden: true,
    sortBy: ({ client_format: format }) => format,
    cell: ({ client_format: format, upstream_format: upstream }) =>
      format === upstream ? format : `${format} → ${upstream}`,
  },
  {
    id: 'project',
    header: t('column.project'),
    isHidden: true,
    cell: ({ project_id: id }) => (id === null ? <span className="text-muted">–</span> : names.projectName(id)),
  },
  {
    id: 'cached',
    header: t('column.cached'),
    align: 'end',
    isHidden: true,
    sortBy: ({ usage }) => usage.cache_read,
    cell: ({ usage }) => <Tokens count={usage.cache_read} />,
  },
  {
    id: 'attempts',
    header: t('column.attempts'),
    align: 'end',
    isHidden: true,
    sortBy: ({ attempts }) => attempts.length,
    cell: ({ attempts }) => attempts.length,
  },
  {
    id: 'channel',
    header: t('column.channel'),
    isHidden: true,
    sortBy: ({ channel }) => channel,
    cell: ({ channel }) => channel,
  },
  {
    id: 'id',
    header: t('column.id'),
    isHidden: true,
    cell: ({ request_id: id }) => <code className="text-sm">{id}</code>,
  },
]
