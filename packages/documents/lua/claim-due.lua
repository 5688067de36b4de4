--[[
Hands out what is due, each to one taker at a time.
Called by: courier, for deliveries and for documents to fetch.

KEYS  1 due
ARGV  1 now (ms)  2 until when it is the taker's (ms)  3 at most so many

Guarantees: nothing is handed out twice within its lease; what its taker has not settled by then is due again.
Returns   : the members
]]
local due = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, ARGV[3])
for _, member in ipairs(due) do
  redis.call("ZADD", KEYS[1], "XX", ARGV[2], member)
end
return due
