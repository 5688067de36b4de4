--[[
Notes that a worker has a page no longer in hand, whatever came of it.
Called by: page and inspect (ocr-worker), after a page was read.

KEYS  1 record  2 pages in hand of this worker
ARGV  1 page  2 this worker

Guarantees: another worker's hold of the page stays.
Returns   : nothing
]]
if redis.call("HGET", KEYS[1], "holder:" .. ARGV[1]) == ARGV[2] then
  redis.call("HDEL", KEYS[1], "holder:" .. ARGV[1])
end
if redis.call("EXISTS", KEYS[2]) == 1 then
  redis.call("DECR", KEYS[2])
end
