import { type RefObject, useLayoutEffect } from 'react'

/** How wide the sign that something was cut off is drawn, in digits. */
export const CUT_DIGITS = 2

/** How many digits wide an amount is behind its decimal point, in whatever language it is written. */
export const placesOf = (text: string): number => {
  const [, fraction = '', cut = ''] = /[.,](\d+)(…?)\D*$/.exec(text) ?? []
  return fraction.length + (cut === '' ? 0 : CUT_DIGITS)
}

/**
 * Puts the decimal points of each column of amounts below one another: a longer fraction would look like a larger amount.
 * Done to what is drawn, after each drawing, because a column knows nothing of what its cells show.
 */
export const useAlignedMoney = (table: RefObject<HTMLElement | null>): void => {
  useLayoutEffect(() => {
    for (const amounts of amountsByColumn(table.current)) {
      const most = Math.max(...amounts.map(placesIn))
      for (const amount of amounts) amount.style.paddingInlineEnd = `${most - placesIn(amount)}ch`
    }
  })
}

const placesIn = (amount: HTMLElement): number => Number(amount.dataset['places'])

/** Cells that stand for several come before some. */
const columnOf = ({ parentElement, cellIndex }: HTMLTableCellElement): number =>
  [...(parentElement?.querySelectorAll<HTMLTableCellElement>(':scope > th, :scope > td') ?? [])]
    .slice(0, cellIndex)
    .reduce((sum, { colSpan }) => sum + colSpan, 0)

const amountsByColumn = (table: HTMLElement | null): Iterable<readonly HTMLElement[]> => {
  const columns = new Map<number, HTMLElement[]>()
  for (const cell of table?.querySelectorAll<HTMLTableCellElement>('tr > .text-right') ?? []) {
    const amounts = cell.querySelectorAll<HTMLElement>('[data-places]')
    const [only] = amounts
    // Several amounts in a cell, or words behind one, are read as a sentence.
    if (!only || amounts.length > 1 || !cell.textContent.endsWith(only.textContent)) continue
    const column = columnOf(cell)
    columns.set(column, [...(columns.get(column) ?? []), only])
  }
  return columns.values()
}
