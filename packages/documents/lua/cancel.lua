--[[
Ends a document that is not finished, because its owner says so. Running pages are ended by their workers.
Called by: cancel (ocr-api).

KEYS  1-4 the document's  5 open  6 waiting  7 in flight  8 pages left  9 ended
ARGV  1 id  2 tenant  3 now (ms)  4 channel of changes

Guarantees: nothing is counted afterwards, the event of it is the last, and the password is gone, as is the URL of what
            was not fetched. The first final status stays. Webhooks are owed the news.
Returns   : 1 when cancelled by this call, 0 when it was final before, -1 when the tenant has no such document
]]
local tenant, status = unpack(redis.call("HMGET", KEYS[1], "tenant", "status"))
if tenant ~= ARGV[2] then
  return -1
end
if status ~= "queued" and status ~= "processing" then
  return 0
end
redis.call("HSET", KEYS[1], "status", "cancelled", "finished_at", ARGV[3])
redis.call("HDEL", KEYS[1], "sealed_password", "source_url")
redis.call("ZREM", KEYS[5], ARGV[1])
redis.call("ZREM", KEYS[6], ARGV[1])
redis.call("ZREM", KEYS[7], tenant .. "/" .. ARGV[1])
redis.call("ZREM", KEYS[8], ARGV[1])
emitLast(ARGV[3], "document.cancelled", "")
owe(KEYS[9], ARGV[1], "cancelled", ARGV[3])
redis.call("PUBLISH", ARGV[4], ARGV[1])
return 1
