-- Appends changes to the log and publishes them, each at most once and in the order of its revisions. Atomic.
--
-- KEYS  1 epoch   2 seq   3 log (stream)   4... the last revision of each change's order, as "<epoch>:<revision>"
-- ARGV  1 channel   2 changes to keep   3 seconds to remember a revision   4 the epoch to start if there is none
--       5 and 6: epoch and seq of the last change that the caller appended, "" and 0 if none
--       7... for each change: its revision, its message
-- Returns the epoch, then for each change: its seq if appended, 0 if known already, -N if revision N must come first.

local epoch = redis.call('GET', KEYS[1])
local head = tonumber(redis.call('GET', KEYS[2]) or -1)
-- Behind what was appended before: this Redis has lost data, and its seqs would come again with other changes.
if not epoch or head < 0 or (epoch == ARGV[5] and head < tonumber(ARGV[6])) then
  epoch = ARGV[4]
  redis.call('SET', KEYS[1], epoch)
  redis.call('SET', KEYS[2], 0)
  redis.call('DEL', KEYS[3])
  head = 0
end

local result = { epoch }
for i = 4, #KEYS do
  local revision = tonumber(ARGV[2 * i - 1])
  local message = ARGV[2 * i]
  local last
  local known = redis.call('GET', KEYS[i])
  -- A revision remembered from an epoch that is over says nothing about this one.
  if known and string.sub(known, 1, #epoch + 1) == epoch .. ':' then
    last = tonumber(string.sub(known, #epoch + 2))
  end
  if last and revision <= last then
    result[#result + 1] = 0
  elseif last and revision > last + 1 then
    result[#result + 1] = -(last + 1)
  else
    -- The log first, since nothing is taken back where a call fails: what is not in the log must not count as known.
    head = head + 1
    local seq = string.format('%.0f', head)
    redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[2], seq .. '-0', 'm', message)
    redis.call('SET', KEYS[2], seq)
    redis.call('SET', KEYS[i], epoch .. ':' .. revision, 'EX', ARGV[3])
    redis.call('PUBLISH', ARGV[1], epoch .. ':' .. seq .. ' ' .. message)
    result[#result + 1] = head
  end
end
return result
