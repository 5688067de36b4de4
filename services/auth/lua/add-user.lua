--[[
Makes a user together with the places in every index and the invitation.
Called by: users.create (auth), for POST /v1/users and the operator's command line.

KEYS  1 user  2 users by email (hash)  3 users of the tenant  4 owners of the tenant  5 invitation
ARGV  1 id  2 email  3 role  4 tenant  5 now (ms)  6 life of the invitation (ms)

Guarantees: all of it or nothing. An email is one user's on the whole platform, for it is all that a login names.
Returns   : 1 when made, 0 when the email is taken
]]
if redis.call("HSETNX", KEYS[2], ARGV[2], ARGV[1]) == 0 then
  return 0
end
redis.call("HSET", KEYS[1], "tenant", ARGV[4], "email", ARGV[2], "role", ARGV[3], "created_at", ARGV[5], "generation", 0)
redis.call("ZADD", KEYS[3], ARGV[5], ARGV[1])
if ARGV[3] == "owner" then
  redis.call("SADD", KEYS[4], ARGV[1])
end
redis.call("HSET", KEYS[5], "user", ARGV[1], "purpose", "invite", "generation", 0)
redis.call("PEXPIRE", KEYS[5], ARGV[6])
return 1
