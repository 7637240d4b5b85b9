import { readdirSync, readFileSync } from 'node:fs'
import type Registry from 'prom-client/lib/registry.js'
import { PROCESS_COUNTERS, PROCESS_GAUGES } from './families.ts'
import { registerCounter, registerGauge } from './reading.ts'

/**
 * Registers what Prometheus expects of every process. The library's own set is for Node: of what it reads beyond this,
 * the runtime here tells zeros, or figures that mean something else.
 */
export const registerProcess = (register: Registry): void => {
  const startedAtSeconds = Math.round(Date.now() / 1_000 - process.uptime())
  const openFilesMax = readOpenFilesMax()
  registerCounter(register, PROCESS_COUNTERS.cpu, () => {
    const { user, system } = process.cpuUsage()
    return [{ labels: {}, value: (user + system) / 1_000_000 }]
  })
  registerGauge(register, PROCESS_GAUGES.resident, () => process.memoryUsage.rss())
  registerGauge(register, PROCESS_GAUGES.started, () => startedAtSeconds)
  registerGauge(register, PROCESS_GAUGES.openFiles, countOpenFiles)
  registerGauge(register, PROCESS_GAUGES.openFilesMax, () => openFilesMax)
}

/** Less the one that reading the folder opens. */
const countOpenFiles = (): number | undefined => unlessAbsent(() => readdirSync('/proc/self/fd').length - 1)

const readOpenFilesMax = (): number | undefined => {
  const limits = unlessAbsent(() => readFileSync('/proc/self/limits', 'utf8'))
  const most = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1]
  return most === undefined ? undefined : Number(most)
}

/** `undefined` where the system has no such files: they are Linux's. */
const unlessAbsent = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}
