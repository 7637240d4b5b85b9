import { describe, expect, test } from 'bun:test'
import { captureWarnings } from './capture-warnings.ts'

const capture = { bytes: 65_536, keepMs: 1, queue: 1, stored: 1_073_741_824, enabled: false, groups: [], labels: [] }

describe('a configuration', () => {
  test.each([
    [{}, 0],
    [{ enabled: true, groups: ['default'] }, 0],
    [{ enabled: true, labels: ['debug'] }, 0],
    [{ groups: ['default'] }, 1],
    [{ labels: ['debug'] }, 1],
    [{ enabled: true }, 1],
  ])('that captures as %j is warned of what is not captured', (said, count) => {
    expect(captureWarnings({ capture: { ...capture, ...said } })).toHaveLength(count)
  })
})
