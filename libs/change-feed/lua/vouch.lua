-- After a restart of the server, confirms that the log still reaches as far as the caller knows it. Without a restart,
-- says how far it reaches.
--
-- KEYS  1 epoch   2 seq   3 log (unused)   4 run
-- ARGV  1 and 2: epoch and seq up to which the caller knows the log, "" and 0 if it does not
-- Returns the epoch and the newest seq, or nothing if it is unknown whether the log is complete.

local epoch = redis.call('GET', KEYS[1])
local head = tonumber(redis.call('GET', KEYS[2]) or -1)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
if not epoch or head < 0 then
  return {}
end
if redis.call('GET', KEYS[4]) ~= run then
  if epoch ~= ARGV[1] or head < tonumber(ARGV[2]) then
    return {}
  end
  redis.call('SET', KEYS[4], run)
end
return { epoch, head }
