import { LoaderCircle } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFreshKey } from '../../app/fresh-key.ts'
import type { Lane } from './bench.ts'
import { openCalls, type Turn } from './conversation.ts'
import { OutcomeLine } from './outcome-line.tsx'
import { ResultsForm } from './results-form.tsx'
import { store } from './store.ts'
import { TurnView } from './turn-view.tsx'

/** A conversation, message by message. */
export const Transcript = ({ lane }: { readonly lane: Lane }) => {
  const { t } = useTranslation('playground')
  const { turns, running, failure, outcomes } = lane
  const calls = running || failure ? [] : openCalls(turns)
  return (
    <>
      {turns.length === 0 && !running && !failure && <p className="py-6 text-center text-muted">{t('lane.empty')}</p>}
      <ol className="flex flex-col gap-4 empty:hidden">
        {turns.map((turn) => (
          <li key={turn.id} className="flex flex-col gap-2">
            <KnownTurn turn={turn} laneId={lane.id} isBusy={running !== undefined} />
            {outcomes[turn.id] && turn.role === 'assistant' && <OutcomeLine outcome={outcomes[turn.id]} />}
          </li>
        ))}
        {running && (
          <li className="flex flex-col gap-2">
            <TurnView turn={running} isLive />
          </li>
        )}
      </ol>
      {failure && <OutcomeLine outcome={failure} />}
      <p role="status" className="flex items-center gap-2 text-sm text-muted empty:hidden">
        {running && (
          <>
            <LoaderCircle aria-hidden className="size-4 animate-spin" />
            {t('lane.answering')}
          </>
        )}
      </p>
      {calls.length > 0 && <ResultsForm key={turns.at(-1)?.id} laneId={lane.id} calls={calls} />}
    </>
  )
}

interface KnownTurnProps {
  readonly turn: Turn
  readonly laneId: string
  readonly isBusy: boolean
}

/** Drawn again only when it changes: another answer may be on its way below it. */
const KnownTurn = memo(({ turn, laneId, isBusy }: KnownTurnProps) => {
  const key = useFreshKey()
  const turnsNow = (): readonly Turn[] => store.get().lanes.find(({ id }) => id === laneId)?.turns ?? []
  const change = (changed: Turn): void =>
    store.changeLane(laneId, { turns: turnsNow().map((one) => (one.id === turn.id ? changed : one)) })
  const removeFrom = (): void => {
    const turns = turnsNow()
    store.changeLane(laneId, {
      turns: turns.slice(
        0,
        turns.findIndex(({ id }) => id === turn.id),
      ),
      failure: undefined,
    })
  }
  return (
    <TurnView
      turn={turn}
      actions={
        isBusy
          ? undefined
          : {
              onChange: change,
              onRemove: removeFrom,
              ...(key !== '' && { onAgain: () => store.again(laneId, turn.id, key) }),
            }
      }
    />
  )
})
