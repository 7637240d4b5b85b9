import type { ParsedConfig } from './schema.ts'

/** What looks as if payloads were kept, or as if some were, and is not so. */
export const captureWarnings = ({ capture }: Pick<ParsedConfig, 'capture'>): readonly string[] => {
  const isOfSome = capture.groups.length + capture.labels.length > 0
  if (isOfSome && !capture.enabled) return ['capture names keys, and capture.enabled is false: nothing is captured.']
  if (!isOfSome && capture.enabled)
    return ['capture.enabled is true, and no group or label is named: nothing is captured.']
  return []
}
