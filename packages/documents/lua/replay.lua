--[[
Takes a finished document into work once more, for what a dead letter says: one page of it, or all from the beginning.
Called by: replay (ocr-api), before it enqueues the job.

KEYS  1-4 the document's  5 open  6 waiting  7 dead letters of the document  8 dead letters of all
      9 in flight  10 pages left
ARGV  1 id  2 tenant  3 name of the letter: attempt-page  4 page or 0  5 now (ms)  6 channel of changes
      7 options as JSON

Guarantees: a letter is replayed once, and it is gone then. What earlier attempts still bring does not count.
Returns   : the new attempt, 0 when the document is not finished, -1 when the tenant has no such letter
]]
local tenant, status, total = unpack(redis.call("HMGET", KEYS[1], "tenant", "status", "total"))
if tenant ~= ARGV[2] or redis.call("HEXISTS", KEYS[7], ARGV[3]) == 0 then
  return -1
end
if status == "queued" or status == "processing" then
  return 0
end
redis.call("HDEL", KEYS[7], ARGV[3])
redis.call("ZREM", KEYS[8], ARGV[2] .. "/" .. ARGV[1] .. "-" .. ARGV[3])
redis.call("HDEL", KEYS[1], "finished_at", "confidence", "error", "cached", "found_by", "strikes:" .. ARGV[4],
  "deaths:" .. ARGV[4])
redis.call("HSET", KEYS[1], "options", ARGV[7])
redis.call("ZADD", KEYS[5], ARGV[5], ARGV[1])
redis.call("ZADD", KEYS[9], 0, ARGV[2] .. "/" .. ARGV[1])
if ARGV[4] ~= "0" then
  redis.call("HDEL", KEYS[3], ARGV[4])
  redis.call("HSET", KEYS[1], "status", "processing", "issued", total)
  redis.call("ZADD", KEYS[10], 1, ARGV[1])
  emit(ARGV[5], "document.processing", "", "")
else
  redis.call("HDEL", KEYS[1], "started_at", "source_pages", "total", "issued")
  redis.call("DEL", KEYS[2], KEYS[3])
  redis.call("HSET", KEYS[1], "status", "queued")
  redis.call("ZADD", KEYS[6], ARGV[5], ARGV[1])
end
redis.call("PUBLISH", ARGV[6], ARGV[1])
return redis.call("HINCRBY", KEYS[1], "attempt", 1)
