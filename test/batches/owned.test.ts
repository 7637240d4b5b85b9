import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Customer } from '../harness/admin.ts'
import { DATABASES, START_TIMEOUT_MS } from '../harness/databases.ts'
import { ask, CHAT_USAGE, create, line, linesText, made, requests, upload, VERSION } from './asking.ts'
import { type BatchStand, startBatchStand } from './stand.ts'

describe.each(DATABASES)('files and batches on %s belong to whoever made them:', (kind) => {
  let stand: BatchStand
  let owner: Customer
  let other: Customer
  beforeAll(async () => {
    stand = await startBatchStand(kind, { batches: { poll: '200ms', open_per_key: 2, lines: 4 } })
    owner = await stand.customer()
    other = await stand.customer()
  }, START_TIMEOUT_MS)
  afterAll(() => stand.stop())

  test('nobody else is told that a file exists, and nothing is asked of the provider for them', async () => {
    const { id } = await upload(stand, owner, 'a chart', 'user_data')
    const path = `/v1/files/${id}`
    const asked = stand.vendor.asked.length
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/content'],
      ['DELETE', ''],
    ] as const) {
      const told = await ask(stand, other, method, path + rest)
      expect([told.status, told.text.includes('No such File object')]).toEqual([404, true])
    }
    expect(stand.vendor.asked.length).toBe(asked)
    expect((await ask(stand, other, 'GET', '/v1/files')).body['data']).toEqual([])
    expect((await ask(stand, owner, 'GET', '/v1/files')).body).toMatchObject({
      object: 'list',
      data: [{ id }],
    })
    expect((await ask(stand, owner, 'GET', `${path}/content`)).text).toBe('a chart')
    expect((await ask(stand, owner, 'DELETE', path)).body).toMatchObject({ deleted: true })
    expect((await ask(stand, owner, 'GET', path)).status).toBe(404)
    expect((await ask(stand, owner, 'GET', '/v1/files')).body['data']).toEqual([])
  })

  test('keys of one project share them, another key of the same user does not', async () => {
    const project = await stand.gateway().call('POST', '/api/admin/projects', { name: 'Charts' })
    const { id: project_id } = project.body as { id: string }
    const one = await stand.customer('10', { project_id })
    const two = await stand.customer('10', { project_id })
    const { id, key } = await stand.gateway().createKey({ user_id: one.userId })
    const file = await upload(stand, one, 'a chart', 'user_data')
    expect((await ask(stand, two, 'GET', `/v1/files/${file.id}`)).status).toBe(200)
    expect((await ask(stand, { ...one, keyId: id, key }, 'GET', `/v1/files/${file.id}`)).status).toBe(404)
  })

  test('a request that names a file goes to the key that keeps it, and is refused where the file is not theirs', async () => {
    // Keys take turns; what a scope has stays together.
    const files = [await upload(stand, owner, 'chart 1', 'user_data'), await upload(stand, owner, 'chart 2', 'vision')]
    const accounts = new Set(files.map(({ id }) => stand.vendor.files.get(id)?.account))
    expect(accounts.size).toBe(1)
    const asking = (file: unknown) =>
      JSON.stringify({
        model: 'mate',
        messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: file } }] }],
      })
    for (const { id } of files) {
      for (let turn = 0; turn < 3; turn++)
        expect((await ask(stand, owner, 'POST', '/v1/chat/completions', asking(id))).status).toBe(200)
      const stranger = await ask(stand, other, 'POST', '/v1/chat/completions', asking(id))
      expect([stranger.status, stranger.text.includes('No such File object')]).toEqual([404, true])
    }
    const gone = await ask(stand, owner, 'POST', '/v1/chat/completions', asking('file-of-nobody'))
    expect(gone.status).toBe(404)
    const elsewhere = asking(files[0]?.id).replace('"mate"', '"captain"')
    const refused = await ask(stand, owner, 'POST', '/v1/chat/completions', elsewhere)
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('is kept at provider openai')])
  })

  test('files of the Messages API are kept by a provider of it, and are as little anybody else’s', async () => {
    const form = new FormData()
    form.set('file', new File(['a chart'], 'chart.txt'))
    const file = await ask(stand, owner, 'POST', '/v1/files', form, VERSION)
    expect(stand.vendor.files.get(file.id)?.account).toBe('vendor-secret-three-0123456789')
    expect((await ask(stand, owner, 'GET', '/v1/files', undefined, VERSION)).body).toMatchObject({
      data: [{ id: file.id }],
      first_id: file.id,
    })
    const told = await ask(stand, other, 'GET', `/claude/v1/files/${file.id}`, undefined, VERSION)
    expect([told.status, told.body]).toMatchObject([404, { type: 'error', error: { type: 'not_found_error' } }])
    expect((await ask(stand, owner, 'GET', `/claude/v1/files/${file.id}`)).status).toBe(200)
    expect((await ask(stand, owner, 'GET', `/openai/v1/files/${file.id}`)).status).toBe(404)
  })

  test('nobody else sees, cancels or reads a batch, or makes one of a file that is not theirs', async () => {
    const { id, fileId } = await made(stand, owner, [line('a')])
    const asked = stand.vendor.asked.length
    expect((await ask(stand, other, 'GET', `/v1/batches/${id}`)).status).toBe(404)
    expect((await ask(stand, other, 'POST', `/v1/batches/${id}/cancel`)).status).toBe(404)
    expect((await ask(stand, other, 'GET', '/v1/batches')).body['data']).toEqual([])
    expect((await create(stand, other, fileId)).status).toBe(404)
    expect(stand.vendor.asked.slice(asked).filter((one) => one.startsWith('POST'))).toEqual([])
    stand.vendor.end(id, 'completed', () => ({ usage: CHAT_USAGE }))
    const { body } = await ask(stand, owner, 'GET', `/v1/batches/${id}`)
    expect(body).toMatchObject({ id, status: 'completed' })
    const outputId = String(body['output_file_id'])
    const output = `/v1/files/${outputId}/content`
    expect((await ask(stand, other, 'GET', output)).status).toBe(404)
    const results = await ask(stand, owner, 'GET', output)
    expect(results.text).toBe(new TextDecoder().decode(stand.vendor.files.get(outputId)?.bytes))
  })

  test('nor one of the Messages API', async () => {
    const batch = await requests(stand, owner, ['captain'])
    const path = `/v1/messages/batches/${batch.id}`
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/results'],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const) {
      const told = await ask(stand, other, method, path + rest, undefined, VERSION)
      expect([told.status, told.body]).toMatchObject([404, { type: 'error', error: { type: 'not_found_error' } }])
    }
    // What runs is not deleted: its charge could not be known.
    expect((await ask(stand, owner, 'DELETE', path, undefined, VERSION)).status).toBe(409)
    stand.vendor.end(batch.id, 'completed', () => ({ usage: { input_tokens: 1, output_tokens: 1 } }))
    const told = await ask(stand, owner, 'GET', path, undefined, VERSION)
    // Where the SDK fetches the results: here, and not at the vendor.
    expect(told.body['results_url']).toBe(`${stand.gateway().url}${path}/results`)
  })

  const REFUSED: readonly (readonly [what: string, lines: readonly unknown[], status: number, words: string])[] = [
    ['names a model that nobody knows', [line('a', 'nobody')], 404, 'Request 1'],
    ['asks for a stream', [line('a'), line('b', 'mate', { stream: true })], 400, 'Request 2'],
    ['asks another endpoint', [{ ...line('a'), url: '/v1/responses' }], 400, 'endpoint'],
    ['has no name for a request', [{ ...line('a'), custom_id: undefined }], 400, 'custom_id'],
    ['has too many requests', Array.from({ length: 5 }, (_, each) => line(`r${each}`)), 400, 'more than 4'],
    ['names a file that is not there', [line('a', 'mate', { tools: [{ file_id: 'file-x' }] })], 404, 'file-x'],
  ]
  test.each(REFUSED)('a batch is refused whose input %s', async (_, lines, status, words) => {
    const customer = await stand.customer()
    const file = await upload(stand, customer, linesText(lines))
    const told = file.status === 200 ? await create(stand, customer, file.id) : file
    expect([told.status, told.text.includes(words) || file.status === 404]).toEqual([status, true])
  })

  test('a key may not use in a batch what it may not use by itself', async () => {
    const customer = await stand.customer('10', { models: ['boatswain'] })
    const file = await upload(stand, customer, linesText([line('a')]))
    expect((await create(stand, customer, file.id)).status).toBe(403)
  })

  test('so many batches of one key may run at once, and no more', async () => {
    const customer = await stand.customer()
    const file = await upload(stand, customer, linesText([line('a')]))
    const told = await Promise.all([1, 2, 3, 4].map(() => create(stand, customer, file.id)))
    expect(told.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 429, 429])
  })

  test('lists are paged by the ids in them', async () => {
    const customer = await stand.customer()
    const ids: string[] = []
    for (const each of [1, 2, 3]) ids.push((await upload(stand, customer, `chart ${each}`, 'user_data')).id)
    const first = await ask(stand, customer, 'GET', '/v1/files?limit=2')
    const listed = (read: typeof first) => (read.body['data'] as readonly { id: unknown }[]).map(({ id }) => id)
    expect([listed(first), first.body['has_more']]).toEqual([[ids[2], ids[1]], true])
    const rest = await ask(stand, customer, 'GET', `/v1/files?limit=2&after=${ids[1]}`)
    expect([listed(rest), rest.body['has_more']]).toEqual([[ids[0]], false])
    expect(listed(await ask(stand, customer, 'GET', '/v1/files?order=asc&limit=1'))).toEqual([ids[0]])
    expect(listed(await ask(stand, customer, 'GET', '/v1/files?purpose=batch'))).toEqual([])
  })

  test('what the provider refuses is told as it says it, and its keys are never shown', async () => {
    const file = await upload(stand, owner, 'a chart', 'user_data')
    const id = file.id
    stand.vendor.files.delete(id)
    const told = await ask(stand, owner, 'GET', `/v1/files/${id}`)
    expect([told.status, told.text]).toEqual([404, expect.stringContaining(`No such File object: ${id}`)])
    expect(stand.gateway().output()).not.toContain('vendor-secret')
  })
})
