--[[
Not a script of its own: put before each of the others. Every script that changes a document names its keys first:

KEYS  1 record  2 set of pages done  3 hash of pages failed  4 stream of events

lay(letters, index, id, page or 0, failure, tries, at) lays a dead letter: the document's hash of letters by attempt and page,
and one index of all, in which each tenant's are a range.

owe(ended, id, status, at) owes the webhooks the news that the document has ended so (`ended.ts` reads the entry). Whoever
sets a final status calls it in the same script, so that no end is lost and none is told that was not reached.

meter(usage, tenant, what, by) counts what a tenant uses, in the hash of the day; kept a little longer than a year.

keep(kept, tenant, bytes) counts the bytes of the input among those that the tenant keeps, and notes in the record that it has.

emit(at, type, page or "", failure as JSON or "") adds an event to the document's stream. Ids count from 1-0 without a
gap, since the stream is never trimmed and each event is added by the script that makes it true.

follow(times, name, value) follows a mean in the hash of how pages were read of late: of the first fifty values, then the newest
is a fiftieth of it.

emitLast(at, type, failure as JSON or "") adds the event of the end. Redis sets 4 KB aside for events to come: after the
last one they are given back.
]]
local function emit(at, kind, page, failure)
  redis.call(
    "XADD", KEYS[4], (redis.call("XLEN", KEYS[4]) + 1) .. "-0",
    "type", kind, "at", at, "page", page, "total", redis.call("HGET", KEYS[1], "total") or "",
    "done", redis.call("SCARD", KEYS[2]), "failed", redis.call("HLEN", KEYS[3]), "error", failure
  )
end

local function emitLast(at, kind, failure)
  emit(at, kind, "", failure)
  redis.call("RESTORE", KEYS[4], 0, redis.call("DUMP", KEYS[4]), "REPLACE")
end

local function follow(times, name, value)
  local count, mean = unpack(redis.call("HMGET", times, name .. "_count", name))
  count, mean = math.min(50, tonumber(count or 0) + 1), tonumber(mean or 0)
  redis.call("HSET", times, name .. "_count", count, name, mean + (value - mean) / count)
end

local function meter(usage, tenant, what, by)
  redis.call("HINCRBY", usage, tenant .. "/" .. what, by)
  redis.call("EXPIRE", usage, 400 * 86400)
end

local function keep(kept, tenant, bytes)
  redis.call("HSET", KEYS[1], "kept", bytes)
  redis.call("HINCRBY", kept, tenant, bytes)
end

local function lay(letters, index, id, page, failure, tries, at)
  local tenant, attempt = unpack(redis.call("HMGET", KEYS[1], "tenant", "attempt"))
  local name = attempt .. "-" .. page
  redis.call("HSET", letters, name, cjson.encode({ failure = failure, attempts = tonumber(tries), at = tonumber(at) }))
  redis.call("ZADD", index, 0, tenant .. "/" .. id .. "-" .. name)
end

local function owe(ended, id, status, at)
  local tenant, attempt, trace, traceparent, options =
    unpack(redis.call("HMGET", KEYS[1], "tenant", "attempt", "trace_id", "traceparent", "options"))
  local callback = cjson.decode(options).callback_url
  local told = type(callback) == "string" and callback or ""
  redis.call("ZADD", ended, at, table.concat({ tenant, id, attempt, status, at, traceparent or trace, told }, " "))
end
