--[[
Replaces the secrets of a webhook by others that were made from them.
Called by: rotate (ocr-api), and courier for the first callback of a tenant.

KEYS  1 webhook
ARGV  1 the sealed secrets that were read, "" for none  2 those to put in their place

Guarantees: of two at the same moment one is refused, so that no secret that somebody was shown is lost.
Returns   : 1 when replaced, 0 when they had changed meanwhile
]]
if (redis.call("HGET", KEYS[1], "secrets") or "") ~= ARGV[1] then
  return 0
end
redis.call("HSET", KEYS[1], "secrets", ARGV[2])
return 1
