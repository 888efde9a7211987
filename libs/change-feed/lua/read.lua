-- Reads the head of the log and the changes after a seq, both at the same moment. Writes nothing.
--
-- KEYS  1 epoch   2 seq   3 log (stream)
-- ARGV  1 the seq to read after   2 how many changes at most
-- Returns nothing if no change was ever appended; otherwise the epoch, the newest seq, and the entries as
-- [[id, [field, message]], ...].

local epoch = redis.call('GET', KEYS[1])
local seq = redis.call('GET', KEYS[2])
if not epoch or not seq then
  return {}
end

local entries = {}
if tonumber(ARGV[2]) > 0 then
  entries = redis.call('XRANGE', KEYS[3], string.format('%.0f', ARGV[1] + 1) .. '-0', '+', 'COUNT', ARGV[2])
end
return { epoch, seq, entries }
