-- Ends an epoch and starts the next one.
--
-- KEYS  1 head   2 log (stream)
-- ARGV  1 the epoch to end, or "" for any   2 eight random hexadecimal digits
local epoch = string.match(redis.call('GET', KEYS[1]) or '', '^(%x+):')
if epoch and (ARGV[1] == '' or ARGV[1] == epoch) then
  local number = tonumber(string.sub(epoch, 1, 8), 16) + 1
  redis.call('SET', KEYS[1], string.format('%08x', number) .. ARGV[2] .. ':0:' .. string.rep('0', 16))
  redis.call('DEL', KEYS[2])
end
