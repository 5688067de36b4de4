--[[
Gives jobs their places in a queue, so that tenants share it evenly, and a tenant's documents among themselves
(start-time fair queueing). A place is BullMQ's priority: the lowest is next. A flow (a tenant's new documents, or the pages
of one document) gets places as far apart as its tenant has flows, so that a tenant with many gets no more than others.
Called by: the producer, before it adds jobs.

KEYS  1 the tenant's flows  2 epoch, counted up whenever nothing waits, when places begin at 1 again
      3 BullMQ's waiting jobs by priority
ARGV  1 flow  2 how many jobs  3 first place  4 number of places  5 seconds the flows are remembered

Guarantees: no flow falls behind one that began later by more than its share. Beyond the last place (a million rounds
            without a quiet moment) it is first come, first served.
Returns   : the places, one for each job
]]
local base = tonumber(ARGV[3])
local score = 0x100000000
local head = redis.call(
  "ZRANGE", KEYS[3], base * score, (base + tonumber(ARGV[4])) * score - 1, "BYSCORE", "LIMIT", 0, 1, "WITHSCORES"
)
local now = 1
if head[2] then
  now = math.floor(tonumber(head[2]) / score) - base
else
  redis.call("INCR", KEYS[2])
end
local epoch = redis.call("GET", KEYS[2]) or "0"
local flows, place = 1, nil
local known = redis.call("HGETALL", KEYS[1])
for index = 1, #known, 2 do
  local since, next = string.match(known[index + 1], "(%d+):(%d+)")
  if since ~= epoch or tonumber(next) <= now then
    redis.call("HDEL", KEYS[1], known[index])
  elseif known[index] == ARGV[1] then
    place = tonumber(next)
  else
    flows = flows + 1
  end
end
-- The first place of a flow is not for nothing either, or many documents at once would be a way to the front.
place = place or now + flows - 1
local places = {}
for job = 1, tonumber(ARGV[2]) do
  places[job] = base + math.min(place, tonumber(ARGV[4]) - 1)
  place = place + flows
end
redis.call("HSET", KEYS[1], ARGV[1], epoch .. ":" .. place)
redis.call("EXPIRE", KEYS[1], ARGV[5])
return places
