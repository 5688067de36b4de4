--[[
Gives a document its final status.
Called by: assemble and inspect (ocr-worker), once the results are in storage or cannot be had.

KEYS  1 record  2 open  3 waiting  4 ended
ARGV  1 id  2 attempt  3 channel of changes  4.. field, value, ... of the record, the status among them

Guarantees: the first final status stays. A document that is gone is not brought back. Webhooks are owed the news of
            this end from here on, and of no other.
Returns   : 1 when it is final by this call, 0 when not
]]
local status, attempt = unpack(redis.call("HMGET", KEYS[1], "status", "attempt"))
if attempt ~= ARGV[2] or (status ~= "queued" and status ~= "processing") then
  return 0
end
redis.call("HSET", KEYS[1], unpack(ARGV, 4))
redis.call("ZREM", KEYS[2], ARGV[1])
redis.call("ZREM", KEYS[3], ARGV[1])
local ending, at = unpack(redis.call("HMGET", KEYS[1], "status", "finished_at"))
owe(KEYS[4], ARGV[1], ending, at)
redis.call("PUBLISH", ARGV[3], ARGV[1])
return 1
