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

-- Means that follow the last ten pages or so: of what a page takes, and of what it adds to the time in which any page is read.
-- Two that are read at the same time add half of theirs each; time in which there is nothing to do does not count.
local function timePage(took, now)
  local from, till, page, step = unpack(redis.call("HMGET", KEYS[6], "from", "till", "page", "step"))
  local began = now - took
  from, till = tonumber(from or began), tonumber(till or began)
  local added = math.max(0, took - math.max(0, till - math.max(from, began)))
  redis.call(
    "HSET", KEYS[6], "from", began <= till and math.min(from, began) or began, "till", math.max(till, now),
    "page", math.floor(tonumber(page or took) * 0.9 + took * 0.1),
    "step", math.floor(tonumber(step or added) * 0.9 + added * 0.1)
  )
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
  timePage(tonumber(ARGV[5]), tonumber(ARGV[6]))
  redis.call("ZADD", KEYS[5], "XX", ARGV[6], ARGV[1])
  redis.call("PUBLISH", ARGV[7], ARGV[1])
end
local settled = redis.call("SCARD", KEYS[2]) + redis.call("HLEN", KEYS[3])
return { known and 0 or 1, settled, total, nextIndex }
