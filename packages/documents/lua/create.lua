--[[
Makes a document's record together with its places in every index, and lets its Idempotency-Key stand for it.
Called by: accept (ocr-api), after the input is durable in storage, or named, and before the job is enqueued or the fetch
           owed.

KEYS  1 record  2 documents of the tenant  3 documents with this reference  4 open  5 waiting  6 expiry  7 receiving
      8 Idempotency-Key (the record again when there is none)  9 in flight  10 usage of the day
      11 bytes kept, by tenant
ARGV  1 id  2 tenant/id  3 now (ms)  4 expires (ms)  5 holder of the key or ""  6 fingerprint of the request
      7 milliseconds the key stands for the document  8 tenant  9 bytes of the input, 0 when it is to be fetched
      10 most documents in flight, or 0  11 most bytes kept, or 0  12.. field, value, ... of the record

Guarantees: all of it or nothing; a second call with the same id changes nothing. A key stands for one document: who
            lost it to another while receiving makes none. A tenant never has more in flight than it may,
            and none of its documents makes it keep more bytes than it may.
Returns   : 1 when made, 0 when it was there, -1 when the key is another's, -2 when too many are in flight, -3 when too much
            is kept
]]
if redis.call("EXISTS", KEYS[1]) == 1 then
  return 0
end
local most = tonumber(ARGV[10])
if most > 0 and redis.call("ZLEXCOUNT", KEYS[9], "[" .. ARGV[8] .. "/", "(" .. ARGV[8] .. "0") >= most then
  return -2
end
local mostBytes = tonumber(ARGV[11])
if mostBytes > 0 and tonumber(redis.call("HGET", KEYS[11], ARGV[8]) or 0) + tonumber(ARGV[9]) > mostBytes then
  return -3
end
if ARGV[5] ~= "" then
  local holder, document = unpack(redis.call("HMGET", KEYS[8], "holder", "document"))
  if document or (holder and holder ~= ARGV[5]) then
    return -1
  end
  redis.call("DEL", KEYS[8])
  redis.call("HSET", KEYS[8], "document", ARGV[1], "fingerprint", ARGV[6])
  redis.call("PEXPIRE", KEYS[8], ARGV[7])
end
redis.call("HSET", KEYS[1], unpack(ARGV, 12))
keep(KEYS[11], ARGV[8], ARGV[9])
redis.call("ZADD", KEYS[2], 0, ARGV[1])
if KEYS[3] ~= KEYS[2] then
  redis.call("ZADD", KEYS[3], 0, ARGV[1])
end
redis.call("ZADD", KEYS[4], ARGV[3], ARGV[1])
redis.call("ZADD", KEYS[5], ARGV[3], ARGV[1])
redis.call("ZADD", KEYS[6], ARGV[4], ARGV[1])
redis.call("ZREM", KEYS[7], ARGV[2])
redis.call("ZADD", KEYS[9], 0, ARGV[2])
meter(KEYS[10], ARGV[8], "bytes", ARGV[9])
return 1
