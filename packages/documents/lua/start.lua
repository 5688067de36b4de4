--[[
Takes a document into work: queued -> processing. A repeated job finds it processing already and goes on.
Called by: every job of a document, before it does anything.

KEYS  1-4 the document's  5 open  6 waiting
ARGV  1 id  2 attempt  3 now (ms)  4 channel of changes

Guarantees: a document that is final, gone, or at another attempt is not touched. One event for the change.
Returns   : 1 when there is work to do, 0 when not
]]
local status, attempt = unpack(redis.call("HMGET", KEYS[1], "status", "attempt"))
if attempt ~= ARGV[2] or (status ~= "queued" and status ~= "processing") then
  return 0
end
redis.call("ZADD", KEYS[5], "XX", ARGV[3], ARGV[1])
if status == "queued" then
  redis.call("HSET", KEYS[1], "status", "processing", "started_at", ARGV[3])
  redis.call("ZREM", KEYS[6], ARGV[1])
  emit(ARGV[3], "document.processing", "", "")
  redis.call("PUBLISH", ARGV[4], ARGV[1])
end
return 1
