import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Asked, Reply } from './stage.ts'

/**
 * Reckons a request's signature anew, from what came over the wire, as AWS does: the signature there should be, and the
 * one there is. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const signaturesOf = ({ method, target, headers, text }: Asked, secret: string): readonly [string, string] => {
  const parts = /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=(\S+)$/.exec(
    headers.authorization ?? '',
  )
  const [, scope = '', signed = '', found = ''] = parts ?? []
  const [path = '', query = ''] = target.split('?')
  const names = signed.split(';')
  const canonical = [
    method,
    path.split('/').map(encodeURIComponent).join('/'),
    query.split('&').sort().join('&'),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    signed,
    hash(text),
  ].join('\n')
  const key = scope.split('/').reduce<string | Buffer>((sofar, part) => mac(sofar, part), `AWS4${secret}`)
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n')
  return [mac(key, toSign).toString('hex'), found]
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const header = (name: string, value: string): Buffer => {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)]
  const length = Buffer.alloc(2)
  length.writeUInt16BE(valueBytes.length)
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([7]), length, valueBytes])
}

/** A message of Amazon's event streams. https://smithy.io/2.0/aws/amazon-eventstream.html */
export const frame = (headers: Readonly<Record<string, string>>, payload: unknown): Buffer => {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const body = Buffer.from(JSON.stringify(payload))
  const lengths = Buffer.concat([uint32(16 + head.length + body.length), uint32(head.length)])
  const start = Buffer.concat([lengths, uint32(crc32(lengths)), head, body])
  return Buffer.concat([start, uint32(crc32(start))])
}

export const event = (type: string, payload: unknown): Buffer =>
  frame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload)

export const exception = (type: string, message: string): Buffer =>
  frame({ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }, { message })

/** One event of Messages as InvokeModel's stream carries it. */
export const chunk = (messagesEvent: unknown): Buffer =>
  event('chunk', { bytes: Buffer.from(JSON.stringify(messagesEvent)).toString('base64'), p: 'abcdef' })

/** A stream cut into pieces of some bytes, so that no message comes whole. */
export const eventStream = (messages: readonly Buffer[], pieceBytes = 37): Reply => {
  const bytes = Buffer.concat(messages)
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) chunks.push(bytes.subarray(at, at + pieceBytes))
  return { headers: { 'content-type': 'application/vnd.amazon.eventstream' }, chunks }
}
