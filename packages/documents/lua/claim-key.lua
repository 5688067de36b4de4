--[[
Holds an Idempotency-Key for the request that is being received, or says what became of the key before.
Called by: submit (ocr-api), before it reads the body and every few seconds while it does.

KEYS  1 key
ARGV  1 holder, a name nobody else has  2 milliseconds the hold lasts

Guarantees: one holder at a time. A holder that falls silent loses the key, so that one that died frees it.
Returns   : {"held"}, {"busy"} or {"done", document, fingerprint of the request}
]]
local holder, document, fingerprint = unpack(redis.call("HMGET", KEYS[1], "holder", "document", "fingerprint"))
if document then
  return { "done", document, fingerprint }
end
if holder and holder ~= ARGV[1] then
  return { "busy" }
end
redis.call("HSET", KEYS[1], "holder", ARGV[1])
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return { "held" }
