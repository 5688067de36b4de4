--[[
Frees an Idempotency-Key whose request was refused or broke off.
Called by: submit (ocr-api).

KEYS  1 key
ARGV  1 holder

Guarantees: only the holder frees it, and never once it stands for a document.
Returns   : 1 when it was freed, 0 when not
]]
if redis.call("HGET", KEYS[1], "holder") ~= ARGV[1] then
  return 0
end
return redis.call("DEL", KEYS[1])
