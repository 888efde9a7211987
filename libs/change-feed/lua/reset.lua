-- Ends the epoch: the next append starts another.
--
-- KEYS  1 epoch   2 seq   3 log (stream)
-- ARGV  1 the epoch to end, or "" for any
if ARGV[1] == '' or redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
end
