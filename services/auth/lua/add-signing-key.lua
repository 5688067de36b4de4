--[[
Puts a signing key into the ring.
Called by: openKeyRing (auth, at its start) for the first key; rotateKeys (the operator's command line) for the next.

KEYS  1 ring (hash)  2 the key of a platform from before there was a ring
ARGV  1 kid  2 private key, encrypted  3 milliseconds until it signs  4 "first" | "next" | "only"

Guarantees: "first" changes nothing where there is a key. "next" leaves the others as they are. "only" takes them away.
            Times are Redis' own: replicas and command line agree on them whatever their clocks say.
Returns   : when the key begins to sign, in ms since 1970; -1 when there was one already
]]
if ARGV[4] == "first" and redis.call("HLEN", KEYS[1]) > 0 then
  return -1
end
if ARGV[4] == "only" then
  redis.call("DEL", KEYS[1])
end
if ARGV[4] ~= "first" then
  redis.call("DEL", KEYS[2])
end
local time = redis.call("TIME")
local signs = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[3])
redis.call("HSET", KEYS[1], ARGV[1], cjson.encode({ sealed = ARGV[2], signs_from = signs }))
return signs
