--[[
Counts that the engine died over a page.
Called by: page and inspect (ocr-worker), when the engine's process ends while the worker lives.

KEYS  1-4 the document's
ARGV  1 attempt  2 page

Guarantees: a record that is gone, final or at another attempt is not written to.
Returns   : how often it has died over this page in this attempt, 0 when the document is no longer in work
]]
local status, attempt = unpack(redis.call("HMGET", KEYS[1], "status", "attempt"))
if attempt ~= ARGV[1] or status ~= "processing" then
  return 0
end
return redis.call("HINCRBY", KEYS[1], "strikes:" .. ARGV[2], 1)
