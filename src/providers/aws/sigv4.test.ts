import { expect, test } from 'bun:test'
import { authorizeBedrock, readAwsKey, regionOf } from './credentials.ts'
import { type AwsCredentials, signRequest } from './sigv4.ts'

/** The credentials, time and scope of AWS's own examples. */
const EXAMPLE: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const AT_MS = Date.UTC(2015, 7, 30, 12, 36, 0)
const SCOPE = { region: 'us-east-1', service: 'service' }

interface Row {
  readonly method?: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly credentials?: AwsCredentials
  readonly service?: string
  readonly signed: string
  readonly signature: string
}

const HOST = 'https://example.amazonaws.com'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Names and signatures of AWS's Signature Version 4 test suite, and of the example in the IAM manual. */
const ROWS: Readonly<Record<string, Row>> = {
  'get-vanilla': {
    url: `${HOST}/`,
    signed: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  'get-vanilla-query-order-key-case': {
    url: `${HOST}/?Param2=value2&Param1=value1`,
    signed: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  'get-vanilla-utf8-query': {
    url: `${HOST}/?ሴ=bar`,
    signed: 'host;x-amz-date',
    signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  },
  'get-unreserved': {
    url: `${HOST}/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`,
    signed: 'host;x-amz-date',
    signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  },
  'post-vanilla': {
    method: 'POST',
    url: `${HOST}/`,
    signed: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  'post-x-www-form-urlencoded': {
    method: 'POST',
    url: `${HOST}/`,
    headers: FORM,
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  'post-sts-header-before': {
    method: 'POST',
    url: `${HOST}/`,
    credentials: {
      ...EXAMPLE,
      sessionToken:
        'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==',
    },
    signed: 'host;x-amz-date;x-amz-security-token',
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
  'iam ListUsers': {
    url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    service: 'iam',
    signed: 'content-type;host;x-amz-date',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
}

test.each(Object.entries(ROWS))('signs %s as AWS publishes it', (_, row) => {
  const { method = 'GET', url, headers = {}, body = '', credentials = EXAMPLE, service = SCOPE.service } = row
  const request = { method, url: new URL(url), headers, body: new TextEncoder().encode(body) }
  const added = signRequest(request, credentials, { region: SCOPE.region, service }, AT_MS)
  const { authorization } = added
  expect(added['x-amz-date']).toBe('20150830T123600Z')
  expect(added['x-amz-security-token']).toBe(credentials.sessionToken)
  expect(authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request, SignedHeaders=${row.signed}, Signature=${row.signature}`,
  )
})

const at = (path: string, headers: Record<string, string> = {}): string =>
  signRequest({ method: 'POST', url: new URL(path, HOST), headers, body: new Uint8Array() }, EXAMPLE, SCOPE, AT_MS)
    .authorization ?? ''

test('a path is signed as it is sent: an encoded colon and a bare one are two paths', () => {
  expect(at('/model/a%3A0/invoke')).not.toBe(at('/model/a:0/invoke'))
})

test('white space around and within a header’s value, and the case of its name, make no difference', () => {
  expect(at('/', { 'My-Header': '  a   b ' })).toBe(at('/', { 'my-header': 'a b' }))
})

test('an access key is told from an API key by its form', () => {
  expect(readAwsKey('ABSKQmVkcm9ja0FQSUtleQ==')).toEqual({ kind: 'token', token: 'ABSKQmVkcm9ja0FQSUtleQ==' })
  expect(readAwsKey('AKIAIOSFODNN7EXAMPLE:se/cr+et')).toEqual({
    kind: 'access-key',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'se/cr+et' },
  })
  expect(readAwsKey('ASIAIOSFODNN7EXAMPLE:se/cr+et:tok/en==')).toEqual({
    kind: 'access-key',
    credentials: { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', secretAccessKey: 'se/cr+et', sessionToken: 'tok/en==' },
  })
})

test.each([
  ['bedrock-runtime.eu-central-1.amazonaws.com', 'eu-central-1'],
  ['bedrock-runtime.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['bedrock-mantle.us-west-2.api.aws', 'us-west-2'],
  ['vpce-0a1-b2.bedrock-runtime.ca-central-1.vpce.amazonaws.com', 'ca-central-1'],
  ['proxy.example', 'us-east-1'],
])('%s is in %s', (host, region) => {
  expect(regionOf(host)).toBe(region)
})

test('Bedrock takes either kind of key', () => {
  const url = new URL('https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/invoke')
  const request = { method: 'POST', url, headers: {}, body: new Uint8Array() }
  expect(authorizeBedrock('ABSKkey', request, AT_MS)).toEqual({ authorization: 'Bearer ABSKkey' })
  expect(authorizeBedrock('AKIAIOSFODNN7EXAMPLE:secret', request, AT_MS).authorization).toContain(
    'Credential=AKIAIOSFODNN7EXAMPLE/20150830/eu-west-1/bedrock/aws4_request',
  )
})
