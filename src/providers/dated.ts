const DATED = /^(.+?)[-@](?:20\d\d)-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$/

/** The id a dated name is a snapshot of: `gpt-4o-2024-08-06` → `gpt-4o`; `undefined` if it has no date. */
export const undatedForm = (name: string): string | undefined => DATED.exec(name)?.[1]
