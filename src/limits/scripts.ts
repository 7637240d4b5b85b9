import { createHash } from 'node:crypto'

/**
 * The scripts by which Redis (6 or later) or Valkey counts. Each does what `window.ts` and `leases.ts` do, number by
 * number, and a model test holds the two equal. A window is a hash: slots `0` to `60`, the newest slot `h`, its second
 * `s`, and the total `t`. Places are a sorted set of request ids by when they run out. All keys of a request go through
 * one call, so everything is counted or nothing is. Time is the server's own unless a test gives another.
 */
export interface Script {
  readonly source: string
  readonly sha: string
}

export const script = (...parts: readonly string[]): Script => {
  const source = parts.join('\n')
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}

export const CLOCK = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function whole(number) return string.format('%.0f', number) end
`

/** Keys live a little longer than two windows after they were last counted in. */
const WINDOW = `
local SLOTS, KEPT_MS = 61, 130000
local second = math.floor(now / 1000)
local function write(window)
  redis.call('HSET', window.key, 'h', window.head, 's', whole(window.second), 't', whole(window.total))
  redis.call('PEXPIRE', window.key, KEPT_MS)
end
local function open(key)
  local stored = redis.call('HMGET', key, 'h', 's', 't')
  local window = {
    key = key,
    head = tonumber(stored[1] or 0),
    second = tonumber(stored[2] or 0),
    total = tonumber(stored[3] or 0)
  }
  local steps = second - window.second
  if steps <= 0 and steps >= -SLOTS then return window end
  if steps >= SLOTS then
    redis.call('DEL', key)
    window.head, window.total = 0, 0
  elseif steps > 0 then
    local passed = {}
    for step = 1, steps do passed[step] = whole((window.head + step) % SLOTS) end
    for _, count in ipairs(redis.call('HMGET', key, unpack(passed))) do
      if count then window.total = window.total - tonumber(count) end
    end
    redis.call('HDEL', key, unpack(passed))
    window.head = (window.head + steps) % SLOTS
  end
  window.second = second
  write(window)
  return window
end
local function byAge(window)
  local fields, counts = redis.call('HGETALL', window.key), {}
  for index = 1, #fields, 2 do
    local slot = tonumber(fields[index])
    if slot then counts[(window.head - slot) % SLOTS] = tonumber(fields[index + 1]) end
  end
  return counts
end
local function leavesIn(window, age) return (window.second - age + SLOTS) * 1000 - now end
local function windowWait(window, cost, allowed)
  if cost <= 0 then return 0 end
  if allowed <= 0 then return SLOTS * 1000 end
  local excess = window.total + math.min(cost, allowed) - allowed
  if excess <= 0 then return 0 end
  local counts = byAge(window)
  for age = SLOTS - 1, 0, -1 do
    excess = excess - (counts[age] or 0)
    if excess <= 0 then return leavesIn(window, age) end
  end
  return SLOTS * 1000
end
local function emptyIn(window)
  if window.total == 0 then return 0 end
  if window.counted then return leavesIn(window, 0) end
  if tonumber(redis.call('HGET', window.key, window.head) or 0) > 0 then return leavesIn(window, 0) end
  local counts, age = byAge(window), 1
  while age < SLOTS - 1 and (counts[age] or 0) == 0 do age = age + 1 end
  return leavesIn(window, age)
end
local function count(window, cost)
  if cost <= 0 then return end
  redis.call('HINCRBY', window.key, window.head, whole(cost))
  redis.call('HINCRBY', window.key, 't', whole(cost))
  window.total, window.counted = window.total + cost, true
end
`

const LEASES = `
local leaseMs = tonumber(ARGV[2])
local function hold(key, id)
  redis.call('ZADD', key, whole(now + leaseMs), id)
  redis.call('PEXPIRE', key, whole(2 * leaseMs))
end
local function leaseWait(key, allowed)
  if allowed <= 0 then return leaseMs end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now))
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. whole(now + leaseMs), '+inf')) do
    redis.call('ZADD', key, whole(now + leaseMs), id)
  end
  local held = redis.call('ZCARD', key)
  if held < allowed then return 0 end
  local next = redis.call('ZRANGE', key, whole(held - allowed), whole(held - allowed), 'WITHSCORES')
  return tonumber(next[2]) - now
end
`

/**
 * KEYS: a window or places each. ARGV: now or `''`, milliseconds of a place, the request's id, then for each key its
 * cost, or `place`, and what is allowed. Answers: whether it was counted, now, then for each key the wait, the total,
 * and in how long it will be empty.
 */
export const ADMIT = script(
  CLOCK,
  WINDOW,
  LEASES,
  `
local granted, windows, waits = 1, {}, {}
for index, key in ipairs(KEYS) do
  local cost, allowed = tonumber(ARGV[2 * index + 2]), tonumber(ARGV[2 * index + 3])
  if cost then
    windows[index] = open(key)
    waits[index] = windowWait(windows[index], cost, allowed)
  else
    waits[index] = leaseWait(key, allowed)
  end
  if waits[index] > 0 then granted = 0 end
end
local answer = { granted, now }
for index, key in ipairs(KEYS) do
  local window, total, empty = windows[index], 0, 0
  if window then
    if granted == 1 then count(window, tonumber(ARGV[2 * index + 2])) end
    total, empty = window.total, emptyIn(window)
  elseif granted == 1 then
    hold(key, ARGV[3])
  end
  answer[3 * index] = waits[index]
  answer[3 * index + 1] = total
  answer[3 * index + 2] = empty
end
return answer
`,
)

/**
 * KEYS: windows. ARGV: when it was counted, then for each key what to add, which may be negative. A window that is gone
 * stays gone: what was counted in it has left.
 */
export const CORRECT = script(`
local SLOTS = 61
local function whole(number) return string.format('%.0f', number) end
local counted = math.floor(tonumber(ARGV[1]) / 1000)
for index, key in ipairs(KEYS) do
  local stored = redis.call('HMGET', key, 'h', 's')
  local age = math.max(0, tonumber(stored[2] or 0) - counted)
  if stored[1] and age < SLOTS then
    local slot = (tonumber(stored[1]) - age) % SLOTS
    local before = tonumber(redis.call('HGET', key, slot) or 0)
    local after = math.max(0, before + tonumber(ARGV[index + 1]))
    redis.call('HSET', key, slot, whole(after))
    redis.call('HINCRBY', key, 't', whole(after - before))
  end
end
return 0
`)

/** KEYS: windows. ARGV: now or `''`, then for each key how long ago it was counted elsewhere, and its cost. */
export const CARRY = script(
  CLOCK,
  WINDOW,
  `
for index, key in ipairs(KEYS) do
  local window, cost = open(key), tonumber(ARGV[2 * index + 1])
  local age = math.max(0, window.second - math.floor((now - tonumber(ARGV[2 * index])) / 1000))
  if age < SLOTS then
    redis.call('HINCRBY', key, (window.head - age) % SLOTS, whole(cost))
    redis.call('HINCRBY', key, 't', whole(cost))
  end
end
return 0
`,
)

/** KEYS: places. ARGV: now or `''`, milliseconds of a place, then the id for each key: holds each from now on. */
export const RENEW = script(
  CLOCK,
  LEASES,
  `
for index, key in ipairs(KEYS) do hold(key, ARGV[index + 2]) end
return 0
`,
)

/** KEYS: places. ARGV: the id. */
export const RELEASE = script(`
for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end
return 0
`)

/** KEYS: the replicas. ARGV: `''`, how long one is believed to live, and its name, or `''` to only look. Answers how many. */
export const PRESENT = script(
  CLOCK,
  `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', whole(now))
if ARGV[3] ~= '' then
  redis.call('ZADD', KEYS[1], whole(now + tonumber(ARGV[2])), ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('ZCARD', KEYS[1])
`,
)
