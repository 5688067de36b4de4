--[[
Notes that the input of a document is in storage, so that work on it can begin.
Called by: courier, after it has fetched it.

KEYS  1 record  2 fetches
ARGV  1 id  2 attempt  3 the input as JSON

Guarantees: a document that has ended, is gone or has its input already is not touched. The URL it came from is forgotten.
Returns   : 1 when noted by this call, 0 when not
]]
redis.call("ZREM", KEYS[2], ARGV[1])
local status, attempt, input = unpack(redis.call("HMGET", KEYS[1], "status", "attempt", "input"))
if attempt ~= ARGV[2] or status ~= "queued" or input ~= "null" then
  return 0
end
redis.call("HSET", KEYS[1], "input", ARGV[3])
redis.call("HDEL", KEYS[1], "source_url")
return 1
