import { type RedisConnection, run } from './redis.ts'
import { CLOCK, script } from './scripts.ts'

/** Something that is said about a subject, for everybody to know. */
export interface Posting {
  readonly subject: string
  readonly text: string
  /** How long ago it became so: whoever says it may have been without a connection. */
  readonly ageMs: number
  /** How long from now it is worth knowing; `undefined`: until something else is said. */
  readonly keptMs: number | undefined
}

export type Posted = Pick<Posting, 'subject' | 'text' | 'ageMs'>

/** How far somebody has read. */
export interface Place {
  /** Another one each time that everything was forgotten. */
  readonly epoch: string
  readonly at: string
}

export interface Reading {
  readonly postings: readonly Posted[]
  readonly place: Place
  /** Everything was forgotten since the place that was read from. */
  readonly isAnew: boolean
}

/**
 * What replicas tell each other: of each subject the newest word, by the time at which it became so. Its clock is that of
 * Redis, so that clocks of replicas may differ. Every method rejects when the server cannot be asked.
 */
export interface Board {
  post(postings: readonly Posting[]): Promise<void>
  /** What is new since a place, in the order it was posted; some of it, where it is much. */
  read(after: Place | undefined): Promise<Reading>
}

export interface BoardOptions {
  readonly connection: RedisConnection
  /** What every key begins with; the part in braces keeps them on one node of a cluster. */
  readonly prefix: string
  /** Of more subjects than this the oldest words go. */
  readonly subjectsMax: number
}

export const POSTINGS_AT_ONCE = 200
/** A board that nobody looks at is gone after it. */
const UNREAD_MS = 86_400_000

export const createBoard = ({ connection, prefix, subjectsMax }: BoardOptions): Board => {
  const keys = ['said', 'order', 'ends', 'epoch', 'last'].map((name) => prefix + name)
  return {
    async post(postings) {
      for (let from = 0; from < postings.length; from += POSTINGS_AT_ONCE) {
        const args = ['', String(subjectsMax), String(UNREAD_MS)]
        for (const { subject, text, ageMs, keptMs } of postings.slice(from, from + POSTINGS_AT_ONCE))
          args.push(subject, text, whole(ageMs), keptMs === undefined ? '' : whole(keptMs))
        await run(connection, POST, keys, args)
      }
    },
    async read(after) {
      const args = ['', after?.epoch ?? '', after?.at ?? '0', String(POSTINGS_AT_ONCE), String(UNREAD_MS)]
      const answer = await run(connection, READ, keys, args)
      if (!isTexts(answer) || answer.length < 2) throw new Error('Redis answered something else')
      const [epoch = '', at = '0', ...said] = answer
      const postings: Posted[] = []
      for (let index = 0; index + 2 < said.length; index += 3)
        postings.push({ subject: said[index] ?? '', ageMs: Number(said[index + 1]), text: said[index + 2] ?? '' })
      return { postings, place: { epoch, at }, isAnew: after !== undefined && after.epoch !== epoch }
    },
  }
}

const whole = (ms: number): string => String(Math.max(0, Math.round(ms)))

const isTexts = (answer: unknown): answer is readonly string[] =>
  Array.isArray(answer) && answer.every((each) => typeof each === 'string')

/**
 * Keys: what is said, as `<time>|<text>` by subject; subjects in the order they were last spoken of; subjects by when that
 * is not worth knowing any more; the name of this board since it last was empty; the last number of the order.
 */
const OPEN = `
local said, order, ends, epochs, last = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local epoch = redis.call('GET', epochs)
if not epoch then
  local time = redis.call('TIME')
  epoch = time[1] .. '.' .. time[2]
  redis.call('DEL', said, order, ends, last)
  redis.call('SET', epochs, epoch)
end
local function keep(ms)
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ms) end
end
local function forget(subjects)
  if #subjects == 0 then return end
  redis.call('HDEL', said, unpack(subjects))
  redis.call('ZREM', order, unpack(subjects))
  redis.call('ZREM', ends, unpack(subjects))
end
`

/** What is older than what is known of the same subject is passed over. */
const POST = script(
  CLOCK,
  OPEN,
  `
local max, unread = tonumber(ARGV[2]), ARGV[3]
for index = 4, #ARGV, 4 do
  local subject, text, at, kept = ARGV[index], ARGV[index + 1], now - tonumber(ARGV[index + 2]), ARGV[index + 3]
  local known = redis.call('HGET', said, subject)
  if not known or tonumber(string.match(known, '^%d+')) <= at then
    redis.call('HSET', said, subject, whole(at) .. '|' .. text)
    redis.call('ZADD', order, redis.call('INCR', last), subject)
    redis.call('ZADD', ends, kept == '' and '+inf' or whole(now + tonumber(kept)), subject)
  end
end
forget(redis.call('ZRANGEBYSCORE', ends, '-inf', whole(now), 'LIMIT', 0, 1000))
local above = redis.call('ZCARD', order) - max
if above > 0 then forget(redis.call('ZRANGE', order, 0, math.min(above, 1000) - 1)) end
keep(unread)
return 1
`,
)

const READ = script(
  CLOCK,
  OPEN,
  `
local known, after, limit, unread = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
if known ~= epoch then after = '0' end
local found = redis.call('ZRANGEBYSCORE', order, '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
local answer = { epoch, after }
for index = 1, #found, 2 do
  local word = redis.call('HGET', said, found[index])
  if word then
    local at, text = string.match(word, '^(%d+)|(.*)$')
    answer[#answer + 1] = found[index]
    answer[#answer + 1] = whole(math.max(0, now - tonumber(at)))
    answer[#answer + 1] = text
  end
  answer[2] = found[index + 1]
end
keep(unread)
return answer
`,
)
