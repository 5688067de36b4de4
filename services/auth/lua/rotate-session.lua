--[[
Takes a refresh token in exchange for the next one of its family.
Called by: sessions.refresh (auth).

KEYS  1 session  2 its user
ARGV  1 number of the token in the family

Guarantees: each token of a family is taken once. An old one ends the family: somebody else has it, too, and nobody can
            tell who is the thief. So does a user who is gone or has chosen another password since the login.
Returns   : 1 when taken, 0 when the family is not there (any more), -1 when it ends by this call
]]
local number, generation = unpack(redis.call("HMGET", KEYS[1], "number", "generation"))
if not number then
  return 0
end
if number ~= ARGV[1] or generation ~= redis.call("HGET", KEYS[2], "generation") then
  redis.call("DEL", KEYS[1])
  return -1
end
redis.call("HINCRBY", KEYS[1], "number", 1)
return 1
