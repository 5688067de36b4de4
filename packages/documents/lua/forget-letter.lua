--[[
Forgets a dead letter; its document stays as it is.
Called by: delete of a dead letter (ocr-api).

KEYS  1 dead letters of the document  2 dead letters of all
ARGV  1 tenant  2 id of the document  3 name of the letter: attempt-page

Guarantees: only the tenant's own letters are forgotten.
Returns   : 1 when forgotten, 0 when there is no such letter
]]
if redis.call("ZREM", KEYS[2], ARGV[1] .. "/" .. ARGV[2] .. "-" .. ARGV[3]) == 0 then
  return 0
end
redis.call("HDEL", KEYS[1], ARGV[3])
return 1
