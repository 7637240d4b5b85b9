import { debianPackage, meet } from '../runner/needs.ts'

const TOOLS = [
  ['shellcheck', 'shellcheck'],
  ['zsh', 'zsh'],
  ['busybox', 'busybox'],
  ['gawk', 'gawk'],
  // The awk of macOS and the BSDs.
  ['original-awk', 'original-awk'],
  // Compiles and runs what PowerShell compiles and runs.
  ['mcs', 'mono-mcs'],
  ['mono', 'mono-runtime'],
  ['curl', 'curl'],
  ['wget', 'wget'],
  ['script', 'bsdutils'],
] as const

/** Gets the shells and tools that users have and this machine may lack. Throws with what to type where it may not. */
export const needTools = (): void => {
  const missing = meet(TOOLS.map(([program, name]) => debianPackage(program, name)))
  if (missing.length > 0) throw new Error(missing.join('\n'))
}
