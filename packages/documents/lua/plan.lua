--[[
Writes down which pages a document has and how many of them may be in the queue at once.
Called by: inspect (ocr-worker).

KEYS  1 record
ARGV  1 attempt  2 pages of the source  3 selected pages  4 window  5 channel of changes  6 id

Guarantees: the first plan stays; a repeated inspection gets what was planned, also when pages have been issued since.
Returns   : how many pages of the selection are issued, or -1 when the document is no longer in work
]]
local status, attempt, issued = unpack(redis.call("HMGET", KEYS[1], "status", "attempt", "issued"))
if attempt ~= ARGV[1] or status ~= "processing" then
  return -1
end
if issued then
  return tonumber(issued)
end
issued = math.min(tonumber(ARGV[3]), tonumber(ARGV[4]))
redis.call("HSET", KEYS[1], "source_pages", ARGV[2], "total", ARGV[3], "issued", issued)
redis.call("PUBLISH", ARGV[5], ARGV[6])
return issued
