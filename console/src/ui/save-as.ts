/** How long the browser gets to begin reading the file. */
const KEPT_MS = 60_000

/** Has the browser save something as a file. */
export const saveAs = (content: Blob, fileName: string): void => {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS)
}
