--[[
Gives a document its final status, and lets its result be found by whoever asks for the same.
Called by: assemble and inspect (ocr-worker), once the results are in storage or cannot be had; the fetch of a source
           (courier) that has failed.

KEYS  1-4 the document's  5 open  6 waiting  7 cache (the record when the result is not to be found)
      8 dead letters of the document  9 dead letters of all  10 in flight  11 pages left  12 ended
ARGV  1 id  2 attempt  3 final status  4 now (ms)  5 failure as JSON, or ""  6 confidence, or ""  7 channel of changes
      8 what the result is found by, or ""  9 how often it was tried when the document becomes a dead letter, else 0

Guarantees: the first final status stays, with one event that is the last, and the password does not. A document that is
            gone is not brought back. Webhooks are owed the news of this end from here on, and of no other.
Returns   : 1 when it is final by this call, 0 when not
]]
local status, attempt, expires = unpack(redis.call("HMGET", KEYS[1], "status", "attempt", "expires_at"))
if attempt ~= ARGV[2] or (status ~= "queued" and status ~= "processing") then
  return 0
end
redis.call("HSET", KEYS[1], "status", ARGV[3], "finished_at", ARGV[4])
redis.call("HDEL", KEYS[1], "sealed_password")
if ARGV[5] ~= "" then
  redis.call("HSET", KEYS[1], "error", ARGV[5])
end
if ARGV[6] ~= "" then
  redis.call("HSET", KEYS[1], "confidence", ARGV[6])
end
redis.call("ZREM", KEYS[5], ARGV[1])
redis.call("ZREM", KEYS[6], ARGV[1])
redis.call("ZREM", KEYS[10], redis.call("HGET", KEYS[1], "tenant") .. "/" .. ARGV[1])
redis.call("ZREM", KEYS[11], ARGV[1])
if ARGV[8] ~= "" then
  redis.call("HSET", KEYS[1], "found_by", ARGV[8])
  redis.call("SET", KEYS[7], ARGV[1], "PXAT", expires)
end
if ARGV[9] ~= "0" then
  lay(KEYS[8], KEYS[9], ARGV[1], "0", ARGV[5], ARGV[9], ARGV[4])
end
emitLast(ARGV[4], "document." .. ARGV[3], ARGV[5])
owe(KEYS[12], ARGV[1], ARGV[3], ARGV[4])
redis.call("PUBLISH", ARGV[7], ARGV[1])
return 1
