/** How much of memory payloads may take, under way and waiting to be written together. */
export interface Room {
  /** `false`: there is no room for so much more. */
  take(bytes: number): boolean
  give(bytes: number): void
}

export const createRoom = (bytesMax: number): Room => {
  let taken = 0
  return {
    take: (bytes) => {
      if (taken + bytes > bytesMax) return false
      taken += bytes
      return true
    },
    give: (bytes) => {
      taken -= bytes
    },
  }
}
