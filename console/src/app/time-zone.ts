import { showTimesIn, type Zone } from '../format/times.ts'

const STORED = 'tollgate.zone'

/** What the reader chose; without, that of the browser. */
export const chosenZone = (): Zone => (localStorage.getItem(STORED) === 'utc' ? 'utc' : 'browser')

/** Has times shown in this zone, now and at the next visit. */
export const chooseZone = (zone: Zone): void => {
  localStorage.setItem(STORED, zone)
  showTimesIn(zone)
}

/** Before anything is shown. */
export const startZone = (): void => showTimesIn(chosenZone())

/** What the browser calls its own zone, as `Europe/Berlin`. */
export const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone
