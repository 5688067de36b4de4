--[[
Has a document fetched once more, since what was in the way may pass.
Called by: courier, when a fetch has failed so.

KEYS  1 record  2 fetches
ARGV  1 id  2 attempt  3.. when the next try is due after the first failure, the second, ... (ms)

Guarantees: as many tries as there are times and one; a document that has ended, is gone or has its input is not touched.
Returns   : 1 when it will be tried again, 0 when not
]]
local status, attempt, source = unpack(redis.call("HMGET", KEYS[1], "status", "attempt", "source_url"))
if attempt ~= ARGV[2] or status ~= "queued" or not source then
  return 0
end
local due = ARGV[2 + redis.call("HINCRBY", KEYS[1], "failed_fetches", 1)]
if not due then
  return 0
end
redis.call("ZADD", KEYS[2], "XX", due, ARGV[1])
return 1
