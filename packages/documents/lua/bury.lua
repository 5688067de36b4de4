--[[
Takes a document out of the world: only a tombstone without content stays, and a note that its bytes have to go.
Called by: delete (ocr-api) and the sweeper when the time to live is over.

KEYS  1-4 the document's  5 documents of the tenant  6 documents with this reference  7 open  8 waiting  9 expiry
      10 purge  11 cache entry it may be found by (the record when there is none)
      12 dead letters of the document  13 dead letters of all  14 in flight  15 pages left  16 ended  17 bytes kept, by tenant
ARGV  1 id  2 tenant  3 "deleted" | "expired"  4 now (ms)  5 seconds the tombstone stays  6 channel of changes

Guarantees: no result can be counted afterwards, since the record has no attempt any more. Webhooks are owed the news
            when a document expires before its end.
Returns   : 1 when buried by this call, 0 when there is no such document of this tenant or it is a tombstone
]]
local tenant, status, kept = unpack(redis.call("HMGET", KEYS[1], "tenant", "status", "kept"))
if tenant ~= ARGV[2] or status == "deleted" or status == "expired" then
  return 0
end
if ARGV[3] == "expired" and (status == "queued" or status == "processing") then
  owe(KEYS[16], ARGV[1], "expired", ARGV[4])
end
if KEYS[11] ~= KEYS[1] and redis.call("GET", KEYS[11]) == ARGV[1] then
  redis.call("DEL", KEYS[11])
end
for _, letter in ipairs(redis.call("HKEYS", KEYS[12])) do
  redis.call("ZREM", KEYS[13], ARGV[2] .. "/" .. ARGV[1] .. "-" .. letter)
end
-- Before anything that takes memory: then Redis lets the rest pass, too, when it has none left.
redis.call("DEL", KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[12])
kept = tonumber(kept or 0)
-- Of a file that was never fetched it would be -0, which Redis does not take for a number.
if kept > 0 then
  redis.call("HINCRBY", KEYS[17], ARGV[2], -kept)
end
redis.call("HSET", KEYS[1], "tenant", ARGV[2], "status", ARGV[3])
redis.call("EXPIRE", KEYS[1], ARGV[5])
redis.call("ZREM", KEYS[5], ARGV[1])
redis.call("ZREM", KEYS[6], ARGV[1])
redis.call("ZREM", KEYS[7], ARGV[1])
redis.call("ZREM", KEYS[8], ARGV[1])
redis.call("ZREM", KEYS[9], ARGV[1])
redis.call("ZREM", KEYS[14], ARGV[2] .. "/" .. ARGV[1])
redis.call("ZREM", KEYS[15], ARGV[1])
redis.call("ZADD", KEYS[10], ARGV[4], ARGV[2] .. "/" .. ARGV[1])
redis.call("PUBLISH", ARGV[6], ARGV[1])
return 1
