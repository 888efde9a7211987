-- Appends changes to the log and publishes them, each at most once and in the order of their revisions. Atomic.
--
-- KEYS  1 epoch   2 seq   3 log (stream)   4 run   5... the last revision of each change's order, as "<epoch>:<revision>"
-- ARGV  1 channel   2 changes to keep   3 seconds to remember a revision   4 the new epoch, if the log's epoch has ended
--       5 and 6: epoch and seq up to which the caller knows the log, "" and 0 if it does not
--       7... for each change: its revision, its message
-- Returns the epoch, the newest seq, then for each change: its seq if appended, 0 if already known, -N if revision N must
-- come first.

local epoch = redis.call('GET', KEYS[1])
local head = tonumber(redis.call('GET', KEYS[2]) or -1)
local remembers = epoch == ARGV[5]
-- The run of the server in which the log was last known to be complete. A restart since then may have lost changes.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
local same_run = redis.call('GET', KEYS[4]) == run
-- The log ends before what the caller knows, or may do so. Then seqs that clients know would be used for other changes.
if not epoch or head < 0 or (remembers and head < tonumber(ARGV[6])) or not (remembers or same_run) then
  epoch = ARGV[4]
  redis.call('SET', KEYS[1], epoch)
  redis.call('SET', KEYS[2], 0)
  redis.call('DEL', KEYS[3])
  head = 0
end
if not same_run then
  redis.call('SET', KEYS[4], run)
end

local result = { epoch, head }
local first = string.format('%.0f', head + 1)
local appended = {}
for i = 5, #KEYS do
  local revision = tonumber(ARGV[2 * i - 3])
  local message = ARGV[2 * i - 2]
  local last
  local known = redis.call('GET', KEYS[i])
  -- A revision that is remembered from an earlier epoch says nothing about this one.
  if known and string.sub(known, 1, #epoch + 1) == epoch .. ':' then
    last = tonumber(string.sub(known, #epoch + 2))
  end
  if last and revision <= last then
    result[#result + 1] = 0
  elseif last and revision > last + 1 then
    result[#result + 1] = -(last + 1)
  else
    -- Write to the log first: if a call fails, nothing is undone. A change that is not in the log must not count as known.
    head = head + 1
    local seq = string.format('%.0f', head)
    redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[2], seq .. '-0', 'm', message)
    redis.call('SET', KEYS[2], seq)
    redis.call('SET', KEYS[i], epoch .. ':' .. revision, 'EX', ARGV[3])
    appended[#appended + 1] = message
    result[#result + 1] = head
  end
end
-- Publish one message: for every reader a message costs as much as its content.
if #appended > 0 then
  redis.call('PUBLISH', ARGV[1], epoch .. ':' .. first .. ' ' .. table.concat(appended, '\n'))
end
result[2] = head
return result
