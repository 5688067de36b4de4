--[[
Not a script of its own: put before each of the others, whose first key is the document's record.

owe(ended, id, ending, at) owes the webhooks the news that the document has ended so: whoever sets a final status calls it in
the same script, so that no end is lost and none is told that was not reached. `ended.ts` reads the entry.
]]
local function owe(ended, id, ending, at)
  local tenant, attempt, trace, options =
    unpack(redis.call("HMGET", KEYS[1], "tenant", "attempt", "trace_id", "options"))
  local callback = cjson.decode(options).callback_url
  local told = type(callback) == "string" and callback or ""
  redis.call("ZADD", ended, at, table.concat({ tenant, id, attempt, ending, at, trace, told }, " "))
end

