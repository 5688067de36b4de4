--[[
Counts a page whose result is in storage, once, and says what is owed next.
Called by: inspect (a single page) and page (ocr-worker).

KEYS  1-4 the document's  5 open  6 page times  7 dead letters of the document  8 dead letters of all
      9 pages of the hour, by tenant  10 usage of the day  11 pages left
ARGV  1 id  2 attempt  3 page  4 failure as JSON, or ""  5 milliseconds the page took  6 now (ms)  7 channel of changes
      8 how often the page was tried when it becomes a dead letter, else 0

Guarantees: a page counts once however often it is run, with one event; a result of another attempt or of a document
            that is no longer in work does not count. The window moves on by one for each page counted.
Returns   : {counted: 1 | 0 | -1 (not in work), settled pages, total, index of the next page to issue or -1}
]]

-- Follows what pages of this kind ("alone" in their document, or "among" others) take of late, and what they add to the time
-- in which any page is read: of two that are read at the same time each adds half. `spans` are the last such times.
local function timePage(kind, took, now)
  local began, added, from, till, spans = now - took, took, now - took, now, {}
  for _, span in ipairs(cjson.decode(redis.call("HGET", KEYS[6], "spans") or "[]")) do
    if span[2] < began or span[1] > now then
      spans[#spans + 1] = span
    else
      added = added - (math.min(span[2], now) - math.max(span[1], began))
      from, till = math.min(from, span[1]), math.max(till, span[2])
    end
  end
  spans[#spans + 1] = { from, till }
  if #spans > 32 then
    table.remove(spans, 1)
  end
  redis.call("HSET", KEYS[6], "spans", cjson.encode(spans))
  follow(KEYS[6], kind .. "_takes", took)
  follow(KEYS[6], kind .. "_adds", added)
end

local status, attempt, total, issued = unpack(redis.call("HMGET", KEYS[1], "status", "attempt", "total", "issued"))
if attempt ~= ARGV[2] or status ~= "processing" or not total then
  return { -1, 0, 0, -1 }
end
total = tonumber(total)
issued = tonumber(issued)
local known = redis.call("SISMEMBER", KEYS[2], ARGV[3]) == 1 or redis.call("HEXISTS", KEYS[3], ARGV[3]) == 1
local nextIndex = -1
if not known then
  if ARGV[4] == "" then
    redis.call("SADD", KEYS[2], ARGV[3])
  else
    redis.call("HSET", KEYS[3], ARGV[3], ARGV[4])
    if ARGV[8] ~= "0" then
      lay(KEYS[7], KEYS[8], ARGV[1], ARGV[3], ARGV[4], ARGV[8], ARGV[6])
    end
  end
  emit(ARGV[6], ARGV[4] == "" and "page.succeeded" or "page.failed", ARGV[3], ARGV[4])
  if issued < total then
    nextIndex = issued
    redis.call("HINCRBY", KEYS[1], "issued", 1)
  end
  local tenant = redis.call("HGET", KEYS[1], "tenant")
  redis.call("HINCRBY", KEYS[9], tenant, 1)
  redis.call("EXPIRE", KEYS[9], 7200)
  meter(KEYS[10], tenant, "pages", 1)
  meter(KEYS[10], tenant, "cpu_ms", ARGV[5])
  redis.call("ZINCRBY", KEYS[11], -1, ARGV[1])
  timePage(total == 1 and "alone" or "among", tonumber(ARGV[5]), tonumber(ARGV[6]))
  redis.call("ZADD", KEYS[5], "XX", ARGV[6], ARGV[1])
  redis.call("PUBLISH", ARGV[7], ARGV[1])
end
local settled = redis.call("SCARD", KEYS[2]) + redis.call("HLEN", KEYS[3])
return { known and 0 or 1, settled, total, nextIndex }
