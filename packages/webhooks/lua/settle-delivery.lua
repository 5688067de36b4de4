--[[
Writes down an attempt at a delivery, and what comes of it.
Called by: courier, after each attempt.

KEYS  1 delivery  2 due  3 webhook
ARGV  1 id  2 the attempt as JSON  3 "pending" | "delivered" | "failed"  4 next attempt (ms), "" when there is none
      5 seconds the delivery is kept  6 "disable" when the receiver wants no more, else ""

Guarantees: a delivery that another attempt has settled stays settled; one that is gone is not brought back, and neither
            is its webhook.
Returns   : 1 when written, 0 when the delivery is gone
]]
if redis.call("EXISTS", KEYS[1]) == 0 then
  redis.call("ZREM", KEYS[2], ARGV[1])
  return 0
end
local attempts = redis.call("HGET", KEYS[1], "attempts") or ""
redis.call("HSET", KEYS[1], "attempts", attempts .. ARGV[2] .. "\n")
redis.call("EXPIRE", KEYS[1], ARGV[5])
if ARGV[6] == "disable" and redis.call("EXISTS", KEYS[3]) == 1 then
  redis.call("HSET", KEYS[3], "enabled", "0")
end
if redis.call("HGET", KEYS[1], "status") ~= "pending" then
  return 1
end
redis.call("HINCRBY", KEYS[1], "tries", 1)
redis.call("HSET", KEYS[1], "status", ARGV[3], "next_attempt_at", ARGV[4])
if ARGV[3] == "pending" then
  redis.call("ZADD", KEYS[2], ARGV[4], ARGV[1])
else
  redis.call("ZREM", KEYS[2], ARGV[1])
end
return 1
