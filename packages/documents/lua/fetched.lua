--[[
Notes that the input of a document is in storage, so that work on it can begin.
Called by: courier, after it has fetched it.

KEYS  1 record  2 fetches  3 usage of the day  4 bytes kept, by tenant
ARGV  1 id  2 attempt  3 the input as JSON  4 its bytes

Guarantees: a document that has ended, is gone or has its input already is not touched. The URL it came from is forgotten,
            and its bytes are counted once.
Returns   : 1 when noted by this call, 0 when not
]]
redis.call("ZREM", KEYS[2], ARGV[1])
local tenant, status, attempt, input = unpack(redis.call("HMGET", KEYS[1], "tenant", "status", "attempt", "input"))
if attempt ~= ARGV[2] or status ~= "queued" or input ~= "null" then
  return 0
end
redis.call("HSET", KEYS[1], "input", ARGV[3])
redis.call("HDEL", KEYS[1], "source_url", "failed_fetches")
meter(KEYS[3], tenant, "bytes", ARGV[4])
keep(KEYS[4], tenant, ARGV[4])
return 1
