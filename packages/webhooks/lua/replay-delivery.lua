--[[
Makes a delivery due once more, with all its tries before it.
Called by: replay (ocr-api).

KEYS  1 delivery  2 due
ARGV  1 id  2 now (ms)  3 seconds the delivery is kept

Guarantees: one that is gone is not brought back. The attempts made so far stay in its log.
Returns   : 1 when due, 0 when it is gone
]]
if redis.call("EXISTS", KEYS[1]) == 0 then
  return 0
end
redis.call("HSET", KEYS[1], "status", "pending", "next_attempt_at", ARGV[2], "tries", 0)
redis.call("EXPIRE", KEYS[1], ARGV[3])
redis.call("ZADD", KEYS[2], ARGV[2], ARGV[1])
return 1
