--[[
Takes a document out of the world: only a tombstone without content stays, and a note that its bytes have to go.
Called by: delete (ocr-api) and the sweeper when the time to live is over.

KEYS  1 record  2 pages done  3 pages failed  4 documents of the tenant  5 documents with this reference
      6 open  7 waiting  8 expiry  9 purge  10 ended
ARGV  1 id  2 tenant  3 "deleted" | "expired"  4 now (ms)  5 seconds the tombstone stays  6 channel of changes

Guarantees: no result can be counted afterwards, since the record has no attempt any more. Webhooks are owed the news
            when a document expires before its end.
Returns   : 1 when buried by this call, 0 when there is no such document of this tenant or it is a tombstone
]]
local tenant, status = unpack(redis.call("HMGET", KEYS[1], "tenant", "status"))
if tenant ~= ARGV[2] or status == "deleted" or status == "expired" then
  return 0
end
if ARGV[3] == "expired" and (status == "queued" or status == "processing") then
  owe(KEYS[10], ARGV[1], "expired", ARGV[4])
end
redis.call("DEL", KEYS[1], KEYS[2], KEYS[3])
redis.call("HSET", KEYS[1], "tenant", ARGV[2], "status", ARGV[3])
redis.call("EXPIRE", KEYS[1], ARGV[5])
redis.call("ZREM", KEYS[4], ARGV[1])
redis.call("ZREM", KEYS[5], ARGV[1])
redis.call("ZREM", KEYS[6], ARGV[1])
redis.call("ZREM", KEYS[7], ARGV[1])
redis.call("ZREM", KEYS[8], ARGV[1])
redis.call("ZADD", KEYS[9], ARGV[4], ARGV[2] .. "/" .. ARGV[1])
redis.call("PUBLISH", ARGV[6], ARGV[1])
return 1
