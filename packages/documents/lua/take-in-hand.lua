--[[
Notes which worker reads a page, and counts the deaths of workers that had nothing else in hand than this page.
Called by: page and inspect (ocr-worker), before a page is read.

KEYS  1 record  2 pages in hand of the worker that had the page before  3 pages in hand of this worker
ARGV  1 attempt  2 page  3 this worker  4 the one before, which has not put the page down, or ""

Guarantees: a death counts once, and only for a page that was alone; a record that is gone, final or at another attempt is
            not written to. What a dead worker had in hand is forgotten within a day.
Returns   : how many workers have died over this page alone in this attempt
]]
local status, attempt = unpack(redis.call("HMGET", KEYS[1], "status", "attempt"))
if attempt ~= ARGV[1] or status ~= "processing" then
  return 0
end
if ARGV[4] ~= "" and ARGV[4] ~= ARGV[3] and redis.call("GET", KEYS[2]) == "1" then
  redis.call("HINCRBY", KEYS[1], "deaths:" .. ARGV[2], 1)
end
redis.call("HSET", KEYS[1], "holder:" .. ARGV[2], ARGV[3])
redis.call("INCR", KEYS[3])
redis.call("EXPIRE", KEYS[3], 86400)
return tonumber(redis.call("HGET", KEYS[1], "deaths:" .. ARGV[2]) or 0)
