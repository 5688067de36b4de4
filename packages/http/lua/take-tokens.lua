--[[
Takes tokens out of a bucket that fills again with time.
Called by: createTokenBuckets, for the shares of tenants and addresses (gateway) and for guesses (auth).

KEYS  1 bucket (hash)  2 the tenant's own limits (hash), which win
ARGV  1 tokens a second  2 size of the bucket  3 tokens wanted; 0 only looks, less than 0 puts back

Guarantees: never more in a bucket than its size, never less than none. One call takes a twentieth of the bucket at most,
            and one token at least. Where nothing is taken nothing is written, which would cost a sync of the disk.
            Times are Redis' own.
Returns   : {tokens taken, tokens left, ms until there is one, tokens a second, size}; a second's are 0 without a limit
]]
local own = redis.call("HMGET", KEYS[2], "requests_per_second", "request_burst")
local rate = tonumber(own[1] or ARGV[1])
local size = tonumber(own[2] or ARGV[2])
if rate == 0 then
  return { 1, 0, 0, "0", 0 }
end
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call("HMGET", KEYS[1], "tokens", "at")
local tokens = math.min(size, tonumber(kept[1] or size) + (now - tonumber(kept[2] or now)) * rate / 1000)
local wanted = tonumber(ARGV[3])
local taken = math.min(wanted, math.max(1, math.floor(size / 20)), math.floor(tokens))
if taken ~= 0 then
  tokens = math.min(size, tokens - taken)
  redis.call("HSET", KEYS[1], "tokens", tostring(tokens), "at", now)
  redis.call("PEXPIRE", KEYS[1], math.ceil((size - tokens) / rate * 1000) + 1000)
end
local wait = tokens >= 1 and 0 or math.ceil((1 - tokens) / rate * 1000)
return { taken, math.floor(tokens), wait, tostring(rate), size }
