--[[
Removes a user from every index. Sessions and one-time tokens of a user who is gone are worth nothing.
Called by: users.remove (auth).

KEYS  1 user  2 users by email (hash)  3 users of the tenant  4 owners of the tenant
ARGV  1 id  2 tenant

Guarantees: all of it or nothing; a tenant that has an owner keeps one, however many calls come at once.
Returns   : 1 when removed, 0 when the tenant has no such user, -1 when it is the last owner
]]
local tenant, role, email = unpack(redis.call("HMGET", KEYS[1], "tenant", "role", "email"))
if tenant ~= ARGV[2] then
  return 0
end
if role == "owner" and redis.call("SCARD", KEYS[4]) <= 1 then
  return -1
end
redis.call("DEL", KEYS[1])
redis.call("HDEL", KEYS[2], email)
redis.call("ZREM", KEYS[3], ARGV[1])
redis.call("SREM", KEYS[4], ARGV[1])
return 1
