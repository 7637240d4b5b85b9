import { createHash } from 'node:crypto'
import type { Line } from './lines.ts'

/** Some of the lines, always the same ones of the same seed: lines that come or go change little of the choice. */
export const sampleOf = (lines: readonly Line[], size: number, seed: number): readonly Line[] => {
  const lot = ({ path, within, text }: Line): string =>
    createHash('sha256').update(`${seed} ${path} ${within} ${text}`).digest('hex')
  return lines
    .map((line) => ({ line, lot: lot(line) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, size)
    .map(({ line }) => line)
}
