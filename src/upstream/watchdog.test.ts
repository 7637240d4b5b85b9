import { afterEach, describe, expect, test } from 'bun:test'
import { createWatchdog, type Watch, type Watchdog } from './watchdog.ts'

const FOREVER = Number.POSITIVE_INFINITY

let running: Watchdog | undefined
afterEach(() => running?.stop())

/** A watchdog on a clock the test sets; `to` moves the clock and waits until it has been looked at. */
const stage = () => {
  let now = 0
  let looks = 0
  const watchdog = createWatchdog(() => {
    looks += 1
    return now
  }, 1)
  running = watchdog
  const to = async (nextMs: number): Promise<void> => {
    now = nextMs
    const before = looks
    while (looks < before + 2) await Bun.sleep(1)
  }
  return { watchdog, to }
}

describe('a watch', () => {
  test('expires when its wait is over, once, and not before', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    watchdog.watch(100, 1_000, () => {
      expiries += 1
    })
    await to(99)
    expect(expiries).toBe(0)
    await to(100)
    expect(expiries).toBe(1)
    await to(5_000)
    expect(expiries).toBe(1)
  })

  test('says whether it was the last wait that is over, or all the time there was', async () => {
    const { watchdog, to } = stage()
    const told: boolean[] = []
    watchdog.watch(100, 1_000, (isTotal) => void told.push(isTotal))
    await to(100)
    const watch = watchdog.watch(100, 200, (isTotal) => void told.push(isTotal))
    watch.extend(FOREVER)
    // Long after either: what was over first counts.
    watchdog.watch(100, 200, (isTotal) => void told.push(isTotal))
    await to(5_000)
    expect(told).toEqual([false, true, false])
  })

  test('that was extended expires when the new wait is over', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    const watch = watchdog.watch(100, 1_000, () => {
      expiries += 1
    })
    await to(90)
    watch.extend(100)
    await to(189)
    expect(expiries).toBe(0)
    await to(190)
    expect(expiries).toBe(1)
  })

  test('may ask for more time as it expires, again and again', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    const watch: Watch = watchdog.watch(100, FOREVER, () => {
      expiries += 1
      watch.extend(100)
    })
    for (const at of [100, 200, 300, 400]) await to(at)
    expect(expiries).toBe(4)
  })

  test('that does not is forgotten: extending it later revives nothing', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    const watch = watchdog.watch(100, FOREVER, () => {
      expiries += 1
    })
    await to(100)
    watch.extend(10)
    await to(1_000)
    expect(expiries).toBe(1)
  })

  test('may end itself as it expires', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    const watch: Watch = watchdog.watch(100, FOREVER, () => {
      expiries += 1
      watch.extend(100)
      watch.end()
    })
    await to(100)
    await to(1_000)
    expect(expiries).toBe(1)
  })

  test('may end another one that is due at the same time', async () => {
    const { watchdog, to } = stage()
    const expired: string[] = []
    const others: Watch[] = []
    watchdog.watch(100, FOREVER, () => {
      expired.push('first')
      others[0]?.end()
    })
    others.push(watchdog.watch(100, FOREVER, () => void expired.push('second')))
    await to(100)
    expect(expired).toEqual(['first'])
  })

  test('may be given more time by another one that is due at the same time', async () => {
    const { watchdog, to } = stage()
    const expired: string[] = []
    const others: Watch[] = []
    watchdog.watch(100, FOREVER, () => {
      expired.push('first')
      others[0]?.extend(500)
    })
    others.push(watchdog.watch(100, FOREVER, () => void expired.push('second')))
    await to(100)
    expect(expired).toEqual(['first'])
    await to(600)
    expect(expired).toEqual(['first', 'second'])
  })

  test('that ended never expires', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    const watch = watchdog.watch(100, 1_000, () => {
      expiries += 1
    })
    watch.end()
    watch.end()
    await to(10_000)
    expect(expiries).toBe(0)
  })

  const extensions: readonly (readonly [string, number])[] = [
    ['a wait longer than what is left', 5_000],
    ['no end at all', FOREVER],
    ['the same wait over and over', 100],
  ]
  test.each(extensions)('expires after its total time though extended by %s', async (_what, extension) => {
    const { watchdog, to } = stage()
    let expiries = 0
    const watch = watchdog.watch(100, 1_000, () => {
      expiries += 1
    })
    for (let at = 50; at < 1_000; at += 50) {
      await to(at)
      watch.extend(extension)
    }
    await to(999)
    expect(expiries).toBe(0)
    await to(1_000)
    expect(expiries).toBe(1)
  })

  test('whose total time is over cannot extend itself as it expires', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    const watch: Watch = watchdog.watch(100, 150, () => {
      expiries += 1
      watch.extend(100)
    })
    for (const at of [100, 150, 200, 300, 400]) await to(at)
    expect(expiries).toBe(2)
  })

  test('shorter in total than its first wait expires by the total', async () => {
    const { watchdog, to } = stage()
    let expiries = 0
    watchdog.watch(1_000, 100, () => {
      expiries += 1
    })
    await to(100)
    expect(expiries).toBe(1)
  })
})

describe('a watchdog', () => {
  test('that was stopped expires nothing any more', async () => {
    const { watchdog } = stage()
    let expiries = 0
    watchdog.watch(0, 0, () => {
      expiries += 1
    })
    watchdog.stop()
    await Bun.sleep(10)
    expect(expiries).toBe(0)
  })
})
