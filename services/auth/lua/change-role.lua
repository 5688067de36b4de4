--[[
Gives a user another role.
Called by: users.changeRole (auth).

KEYS  1 user  2 owners of the tenant
ARGV  1 id  2 tenant  3 role

Guarantees: a tenant that has an owner keeps one, however many calls come at once.
Returns   : 1 when changed, 0 when the tenant has no such user, -1 when it is the last owner
]]
local tenant, role = unpack(redis.call("HMGET", KEYS[1], "tenant", "role"))
if tenant ~= ARGV[2] then
  return 0
end
if role == "owner" and ARGV[3] ~= "owner" and redis.call("SCARD", KEYS[2]) <= 1 then
  return -1
end
redis.call("HSET", KEYS[1], "role", ARGV[3])
redis.call(ARGV[3] == "owner" and "SADD" or "SREM", KEYS[2], ARGV[1])
return 1
