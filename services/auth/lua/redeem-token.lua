--[[
Exchanges a one-time token for a new password.
Called by: choosePassword (auth), for POST /v1/auth/accept-invite and /v1/auth/reset-password.

KEYS  1 token  2 user
ARGV  1 user's id  2 purpose of the call  3 hash of the password

Guarantees: a token works once, for its own purpose, and only until the user's password changes in another way. The
            change ends every session of the user, which are all of an earlier generation.
Returns   : 1 when the password is set, 0 when the token is not good (any more)
]]
local user, purpose, generation = unpack(redis.call("HMGET", KEYS[1], "user", "purpose", "generation"))
if user ~= ARGV[1] or purpose ~= ARGV[2] or generation ~= redis.call("HGET", KEYS[2], "generation") then
  return 0
end
redis.call("DEL", KEYS[1])
redis.call("HSET", KEYS[2], "password", ARGV[3])
redis.call("HINCRBY", KEYS[2], "generation", 1)
return 1
