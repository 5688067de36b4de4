--[[
Turns the end of a document into one delivery for each webhook that is to be told.
Called by: courier, for every entry that a final status has left.

KEYS  1 ended  2 due  then for each delivery: its record, the log of its webhook
ARGV  1 the entry of the end  2 now (ms)  3 seconds a delivery is kept  4 ids of the log older than this go
      5 tenant  6 event id  7 event  8 document  9 traceparent  10 when it ended (ms)  then for each delivery: id, webhook, URL or ""

Guarantees: an end is fanned out once, however many couriers have read it and whenever one of them died.
Returns   : how many deliveries were made
]]
if redis.call("ZREM", KEYS[1], ARGV[1]) == 0 then
  return 0
end
local made = 0
for key = 3, #KEYS, 2 do
  local id, webhook, url = unpack(ARGV, 11 + made * 3, 13 + made * 3)
  redis.call("HSET", KEYS[key], "tenant", ARGV[5], "event_id", ARGV[6], "event", ARGV[7], "document", ARGV[8],
    "traceparent", ARGV[9], "at", ARGV[10], "webhook", webhook, "url", url, "status", "pending", "next_attempt_at", ARGV[2])
  redis.call("EXPIRE", KEYS[key], ARGV[3])
  redis.call("ZREMRANGEBYLEX", KEYS[key + 1], "-", "(" .. ARGV[4])
  redis.call("ZADD", KEYS[key + 1], 0, id)
  redis.call("EXPIRE", KEYS[key + 1], ARGV[3])
  redis.call("ZADD", KEYS[2], ARGV[2], id)
  made = made + 1
end
return made
