/** A name for one deed, so that sending it twice does it once. `randomUUID` is not there on a plain `http:` address. */
export const newDeedId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
