import { rmdirSync, rmSync } from 'node:fs'
import { err, ok, type Result } from '../../result.ts'
import { applySteps, isBlank, mergeOut } from '../../setup/edit.ts'
import { type ChangedFile, cksum, type Manifest } from '../../setup/manifest.ts'
import type { Step } from '../../setup/plan.ts'
import { makeFolders, type Present, readPresent, writeWhole } from './files.ts'
import { isEmptyFolder, type Kept } from './state.ts'

/** What becomes of one file: as it is, as it was without the set-up, and as it is to be. */
export interface Outcome {
  readonly present: Present
  readonly before: string
  readonly existedBefore: boolean
  readonly modeBefore: number | undefined
  readonly after: string
  readonly steps: readonly Step[]
}

export const sumOf = (text: string): string => cksum(Buffer.from(text, 'latin1'))

/**
 * Works out every file of a plan, on top of what was there before an earlier set-up, and changes nothing. Refuses as a
 * whole: a client that is set up by half is of no use.
 */
export const workOut = (steps: readonly Step[], key: string, kept: Kept | undefined): Result<Outcome[], string> => {
  const outcomes: Outcome[] = []
  for (const [file, ofFile] of Map.groupBy(steps, ({ file }) => file)) {
    const present = readPresent(file)
    if (!present.ok) return present
    const before = beforeOf(present.value, kept)
    const after = before.ok ? applySteps(before.value.text, ofFile, key) : before
    if (!before.ok || !after.ok) return err(`${file} ${after.ok ? '' : after.error}. Nothing was changed.`)
    const { text, existed, mode } = before.value
    outcomes.push({
      present: present.value,
      before: text,
      existedBefore: existed,
      modeBefore: mode,
      after: after.value,
      steps: ofFile,
    })
  }
  return ok(outcomes)
}

/** A file as it would be had it never been set up. */
const beforeOf = (
  { file, text, existed, mode }: Present,
  kept: Kept | undefined,
): Result<{ text: string; existed: boolean; mode: number | undefined }, string> => {
  const index = kept?.manifest.files.findIndex((one) => one.file === file) ?? -1
  const changed = kept?.manifest.files[index]
  const backup = kept?.backups[index]
  if (!changed || backup === undefined) return ok({ text, existed, mode })
  const modeBefore = changed.mode === '-' ? mode : Number.parseInt(changed.mode, 8)
  if (!existed || sumOf(text) === changed.sumAfter)
    return ok({ text: backup, existed: changed.existed, mode: modeBefore })
  const merged = mergeOut(text, backup, changed.made)
  return merged.ok ? ok({ text: merged.value, existed: true, mode: modeBefore }) : merged
}

/** The manifest of what is about to be written, and the backups that go with it. */
export const keptOf = (
  { client, base, model }: Pick<Manifest, 'client' | 'base' | 'model'>,
  outcomes: readonly Outcome[],
  { folders, before }: { readonly folders: readonly string[]; readonly before: Kept | undefined },
): Kept => {
  const written = outcomes.map(
    ({ present, existedBefore, modeBefore, after, steps }): ChangedFile => ({
      file: present.file,
      existed: existedBefore,
      mode: modeBefore === undefined ? '-' : modeBefore.toString(8),
      sumAfter: sumOf(after),
      made: steps,
    }),
  )
  const isWritten = ({ file }: ChangedFile): boolean => written.some((one) => one.file === file)
  // Files that only an earlier set-up changed stay with what was there before it.
  const earlier = [...(before?.manifest.files.entries() ?? [])].filter(([, file]) => !isWritten(file))
  const backups = [...outcomes.map((one) => one.before), ...earlier.map(([index]) => before?.backups[index] ?? '')]
  const files = [...written, ...earlier.map(([, file]) => file)]
  return { manifest: { client, base, model, folders, files }, backups }
}

/** Writes the files that are not yet as they are to be. */
export const writeOutcomes = (outcomes: readonly Outcome[]): void => {
  for (const { present, after, steps } of outcomes) {
    makeFolders(present.file)
    const isSecret = steps.some(({ value }) => value.includes('{key}'))
    const isTooOpen = isSecret && ((present.mode ?? 0) & 0o077) !== 0
    if (present.text !== after || !present.existed || isTooOpen)
      writeWhole(present.file, after, { mode: present.mode, isSecret })
  }
}

/** A file to be put back: `undefined` takes it away. */
interface Restored {
  readonly present: Present
  readonly text: string | undefined
  readonly mode: number | undefined
}

/**
 * Puts every file back as it was, byte for byte. Where one was changed since, nothing is done, and the answer says so;
 * with `force`, only our changes are taken out of it.
 */
export const restore = ({ manifest, backups }: Kept, force: boolean): Result<readonly string[], string> => {
  const restored: Restored[] = []
  for (const [index, changed] of manifest.files.entries()) {
    const present = readPresent(changed.file)
    if (!present.ok) return present
    const one = restoredOf(present.value, changed, backups[index] ?? '', force)
    if (!one.ok) return one
    if (one.value) restored.push(one.value)
  }
  for (const { present, text, mode } of restored) {
    if (text === undefined) rmSync(present.file, { force: true })
    else {
      makeFolders(present.file)
      writeWhole(present.file, text, { mode, isSecret: false })
    }
  }
  for (const folder of manifest.folders.toReversed()) if (isEmptyFolder(folder)) rmdirSync(folder)
  return ok(restored.map(({ present }) => present.file))
}

const restoredOf = (
  present: Present,
  changed: ChangedFile,
  backup: string,
  force: boolean,
): Result<Restored | undefined, string> => {
  const mode = changed.mode === '-' ? present.mode : Number.parseInt(changed.mode, 8)
  if (!present.existed && !changed.existed) return ok(undefined)
  const isOurs = present.existed && sumOf(present.text) === changed.sumAfter
  if (isOurs || (!present.existed && force)) return ok({ present, text: changed.existed ? backup : undefined, mode })
  if (present.existed && changed.existed && present.text === backup) return ok({ present, text: backup, mode })
  if (!force) {
    const what = present.existed ? 'was changed since it was set up' : 'was taken away since it was set up'
    return err(
      `${changed.file} ${what}. Nothing was undone. With --force only what the set-up wrote is taken out of it, and every other change stays.`,
    )
  }
  const merged = mergeOut(present.text, backup, changed.made)
  if (!merged.ok) return err(`${changed.file} ${merged.error}. Nothing was undone.`)
  const syntax = changed.made[0]?.syntax ?? 'whole'
  const isOnlyOurs = !changed.existed && isBlank(merged.value, syntax)
  return ok({ present, text: isOnlyOurs ? undefined : merged.value, mode })
}
