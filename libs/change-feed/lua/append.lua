-- Appends changes to the log and publishes them, each at most once and in the order of their revisions. Atomic.
--
-- The log is a chain: each entry has a digest of its header and of the digest before it. If the log does not follow from
-- what is known about it, its epoch ends here, because its positions could stand for other changes than before.
--
-- KEYS  1 head: the position of the newest change, "<epoch>:<seq>:<digest>"   2 log (stream)
--       3... the last revision of each change's order, as "<epoch>:<revision>"
-- ARGV  1 channel   2 changes to keep   3 seconds to remember a revision   4 eight random hexadecimal digits
--       5 a position that was in the log, or ""
--       6... for each change: its revision, its text
-- Returns the head, then for each change: 1 if appended, 0 if already known, -N if revision N must come first.

local FORMAT = '1'
local NOTHING = string.rep('0', 16)

local function parse(position)
  local epoch, seq, digest = string.match(position, '^(%x+):(%d+):(%x+)$')
  if epoch and #epoch == 16 and #digest == 16 then
    return epoch, tonumber(seq), digest
  end
end

local function age(epoch)
  return epoch and tonumber(string.sub(epoch, 1, 8), 16) or 0
end

local function link(digest, header)
  return string.sub(redis.sha1hex(digest .. ' ' .. header), 1, 16)
end

-- The seq, digest and header of an entry of the stream; nothing if it is not ours.
local function read(entry)
  local seq = string.match(entry[1], '^(%d+)-0$')
  local digest, header = string.match(entry[2][2] or '', '^' .. FORMAT .. ' (%x+) ([^\n]*)')
  if seq and digest then
    return tonumber(seq), digest, header
  end
end

local stored = redis.pcall('GET', KEYS[1])
local epoch, seq, digest = parse(type(stored) == 'string' and stored or '')
local known_epoch, known_seq, known_digest = parse(ARGV[5])

-- Whether the log has the known position, or is of a later epoch. A position that was trimmed counts as contained.
local function contains_known()
  if not known_epoch then
    return true
  end
  if known_epoch ~= epoch then
    return age(epoch) > age(known_epoch)
  end
  if known_seq >= seq then
    return known_seq == seq and known_digest == digest
  end
  local next = redis.pcall('XRANGE', KEYS[2], string.format('%.0f-0', known_seq), '+', 'COUNT', 1)
  local next_seq, next_digest, header = read(next[1] or { '', {} })
  if next_seq == known_seq then
    return next_digest == known_digest
  end
  return next_seq ~= known_seq + 1 or next_digest == link(known_digest, header)
end

local function start_epoch()
  epoch = string.format('%08x', math.max(age(epoch), age(known_epoch)) + 1) .. ARGV[4]
  seq = 0
  digest = NOTHING
  redis.call('SET', KEYS[1], epoch .. ':0:' .. digest)
  redis.call('DEL', KEYS[2])
end

if not epoch or not contains_known() then
  start_epoch()
end

-- Whether the log cannot go on after the head: it has, or had, entries with higher ids, or is no stream. So Redis finds
-- foreign entries and a head that is behind, without a look at the log before each append.
local function is_broken(err)
  return err and (string.find(err, 'equal or smaller', 1, true) or string.find(err, 'WRONGTYPE', 1, true))
end

local results = {}
local entries = {}
local before

local function head()
  return string.format('%s:%.0f:%s', epoch, seq, digest)
end

-- Adds a change to the log. Returns a table with `err` if Redis refuses it.
local function add(text)
  local next_digest = link(digest, string.match(text, '^[^\n]*'))
  local entry = FORMAT .. ' ' .. next_digest .. ' ' .. text
  local reply = redis.pcall('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], string.format('%.0f-0', seq + 1), 'm', entry)
  if type(reply) == 'table' and reply.err then
    return reply
  end
  before = before or head()
  seq = seq + 1
  digest = next_digest
  entries[#entries + 1] = entry
  return {}
end

for i = 3, #KEYS do
  local revision = tonumber(ARGV[2 * i])
  local text = ARGV[2 * i + 1]
  local last
  local remembered = redis.call('GET', KEYS[i])
  -- A revision that is remembered from an earlier epoch says nothing about this one.
  if remembered and string.sub(remembered, 1, 17) == epoch .. ':' then
    last = tonumber(string.sub(remembered, 18))
  end
  if last and revision <= last then
    results[#results + 1] = 0
  elseif last and revision > last + 1 then
    results[#results + 1] = -(last + 1)
  else
    local added = add(text)
    if #entries == 0 and is_broken(added.err) then
      start_epoch()
      added = add(text)
    end
    if added.err then
      -- Entries that were added before this one are ahead of the head now. The next append ends the epoch.
      return added
    end
    redis.call('SET', KEYS[i], epoch .. ':' .. revision, 'EX', ARGV[3])
    results[#results + 1] = 1
  end
end

-- Publish one message: for every reader a message costs as much as its content.
if #entries > 0 then
  redis.call('SET', KEYS[1], head())
  redis.call('PUBLISH', ARGV[1], before .. '\n' .. table.concat(entries, '\30'))
end
table.insert(results, 1, head())
return results
