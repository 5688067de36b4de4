--[[
Takes a queued document into work with all its pages done already: they are copies of an earlier document's.
Called by: accept (ocr-api) and the fetch of a source (courier), once the copies are in storage.

KEYS  1-4 the document's  5 open  6 waiting  7 usage of the day
ARGV  1 id  2 attempt  3 now (ms)  4 channel of changes  5 pages of the source  6.. the selected pages

Guarantees: all of it or nothing, with the events of a document that was recognised. What is in work already stays.
Returns   : 1 when adopted, 0 when not
]]
local status, attempt = unpack(redis.call("HMGET", KEYS[1], "status", "attempt"))
if attempt ~= ARGV[2] or status ~= "queued" then
  return 0
end
redis.call("HSET", KEYS[1], "status", "processing", "started_at", ARGV[3], "cached", 1)
redis.call("ZREM", KEYS[6], ARGV[1])
emit(ARGV[3], "document.processing", "", "")
redis.call("HSET", KEYS[1], "source_pages", ARGV[5], "total", #ARGV - 5, "issued", #ARGV - 5)
emit(ARGV[3], "document.progress", "", "")
for index = 6, #ARGV do
  redis.call("SADD", KEYS[2], ARGV[index])
  emit(ARGV[3], "page.succeeded", ARGV[index], "")
end
meter(KEYS[7], redis.call("HGET", KEYS[1], "tenant"), "cached_pages", #ARGV - 5)
redis.call("ZADD", KEYS[5], "XX", ARGV[3], ARGV[1])
redis.call("PUBLISH", ARGV[4], ARGV[1])
return 1
