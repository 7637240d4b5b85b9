import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Switch } from './choice.tsx'
import { cx } from './cx.ts'
import { type DiffLine, diffLines, jsonLines } from './diff.ts'
import { ScrollFrame } from './scroll-frame.tsx'

export interface DiffViewProps {
  readonly left: unknown
  readonly right: unknown
  readonly leftTitle: string
  readonly rightTitle: string
}

/** Lines of agreement shown around a difference, where only differences are. */
const AROUND = 3

/** Two JSON documents beside each other with their differences marked: by colour, and by a sign for who sees none. */
export const DiffView = ({ left, right, leftTitle, rightTitle }: DiffViewProps) => {
  const { t } = useTranslation()
  const [isBrief, setBrief] = useState(false)
  const [isSorted, setSorted] = useState(true)
  const lines = useMemo(() => diffLines(jsonLines(left, isSorted), jsonLines(right, isSorted)), [left, right, isSorted])
  const different = lines.filter(({ kind }) => kind !== 'same').length
  const shown = isBrief ? aroundDifferences(lines) : lines.map((line, index) => ({ line, index }))
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
        <p className="text-sm text-muted">{t('diff.count', { count: different })}</p>
        <Switch label={t('diff.brief')} isOn={isBrief} onChange={setBrief} />
        <Switch label={t('diff.sorted')} isOn={isSorted} onChange={setSorted} />
      </div>
      <ScrollFrame
        label={t('diff.label', { left: leftTitle, right: rightTitle })}
        className="max-h-[70dvh] overflow-auto rounded-lg border border-line bg-surface font-mono text-[0.8rem]"
      >
        <table className="w-full min-w-[44rem] table-fixed border-collapse">
          <thead className="sticky top-0 bg-raised text-left font-sans">
            <tr>
              <th scope="col" className="w-1/2 px-3 py-1.5">
                {leftTitle}
              </th>
              <th scope="col" className="w-1/2 border-l border-line px-3 py-1.5">
                {rightTitle}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ line, index }) => (
              <tr key={index}>
                <Side text={line.left} isMarked={line.kind !== 'same'} sign="−" tone="bg-danger-soft" />
                <Side text={line.right} isMarked={line.kind !== 'same'} sign="+" tone="bg-good-soft" hasLine />
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollFrame>
    </div>
  )
}

interface SideProps {
  readonly text: string | undefined
  readonly isMarked: boolean
  readonly sign: string
  readonly tone: string
  readonly hasLine?: boolean
}

const Side = ({ text, isMarked, sign, tone, hasLine = false }: SideProps) => (
  <td
    className={cx(
      'px-3 align-top break-words whitespace-pre-wrap',
      hasLine && 'border-l border-line',
      text === undefined ? 'bg-raised' : isMarked && tone,
    )}
  >
    {text !== undefined &&
      (isMarked ? <mark className="bg-transparent text-text">{`${sign} ${text}`}</mark> : `  ${text}`)}
  </td>
)

const aroundDifferences = (lines: readonly DiffLine[]): readonly { line: DiffLine; index: number }[] => {
  const near = new Set<number>()
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue
    for (let off = -AROUND; off <= AROUND; off++) near.add(index + off)
  }
  return lines.flatMap((line, index) => (near.has(index) ? [{ line, index }] : []))
}
