import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { completeLock, type Lock } from '../../tools/lock-platforms-complete.ts'

const lock: Lock = {
  packages: {
    '': {},
    'node_modules/native': {
      version: '1.2.3',
      license: 'MIT',
      optionalDependencies: {
        '@native/linux-x64': '1.2.3',
        '@native/binding-win32-arm64-msvc': '1.2.3',
        '@native/binding-wasm32-wasi': '1.2.3',
        'native-extra': '^2.0.0',
      },
    },
    'node_modules/@native/linux-x64': { version: '1.2.3', optional: true },
  },
}

describe('completing the lock', () => {
  const { completed, added } = completeLock(lock)

  test('adds the platforms that are missing, as what their names say, and nothing whose version is open', () => {
    expect(added).toEqual(['@native/binding-win32-arm64-msvc@1.2.3', '@native/binding-wasm32-wasi@1.2.3'])
    expect(completed.packages['node_modules/@native/binding-win32-arm64-msvc']).toEqual({
      version: '1.2.3',
      license: 'MIT',
      optional: true,
      os: ['win32'],
      cpu: ['arm64'],
    })
    expect(completed.packages['node_modules/@native/binding-wasm32-wasi']?.cpu).toEqual(['wasm32'])
  })

  test('changes nothing the second time', () => {
    expect(completeLock(completed)).toEqual({ completed, added: [] })
  })

  test('has been done to the lock of this project', () => {
    const own: Lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'))
    expect(completeLock(own).added).toEqual([])
  })
})
