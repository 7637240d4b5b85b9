const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9 },
  ...{ kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 },
}

/** The bytes of a size as the configuration takes it, such as `512KiB`, `2 MB` or `65536`; nothing where it is none. */
export const bytesOf = (text: string): number | undefined => {
  const [, count, unit = ''] = /^(\d{1,12}) ?([kmg]i?b|b)?$/i.exec(text.trim()) ?? []
  const bytes = Number(count) * (UNITS[unit.toLowerCase()] ?? Number.NaN)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
