--[[
Writes down which pages a document has and how many of them may be in the queue at once.
Called by: inspect (ocr-worker).

KEYS  1-4 the document's  5 pages left  6 page times
ARGV  1 id  2 attempt  3 pages of the source  4 selected pages  5 window  6 now (ms)  7 channel of changes

Guarantees: the first plan stays; a repeated inspection gets what was planned, also when pages have been issued since.
Returns   : how many pages of the selection are issued, or -1 when the document is no longer in work
]]
local status, attempt, issued = unpack(redis.call("HMGET", KEYS[1], "status", "attempt", "issued"))
if attempt ~= ARGV[2] or status ~= "processing" then
  return -1
end
if issued then
  return tonumber(issued)
end
issued = math.min(tonumber(ARGV[4]), tonumber(ARGV[5]))
redis.call("HSET", KEYS[1], "source_pages", ARGV[3], "total", ARGV[4], "issued", issued)
redis.call("ZADD", KEYS[5], ARGV[4], ARGV[1])
follow(KEYS[6], cjson.decode(redis.call("HGET", KEYS[1], "input")).media_type .. "_pages", tonumber(ARGV[4]))
emit(ARGV[6], "document.progress", "", "")
redis.call("PUBLISH", ARGV[7], ARGV[1])
return issued
