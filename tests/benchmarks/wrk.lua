-- Withdrawals for wrk: a counter drawn evenly, then one of its people; every request has a key of its own.
-- wrk -t1 -c64 -d4s -s tests/benchmarks/wrk.lua http://127.0.0.1:8000 -- people.json 000002
-- After wrk's own text comes one line of JSON for tests/benchmarks/generators.py.

local HEAD = "POST /v1/withdrawals HTTP/1.1\r\nHost: bank\r\nAuthorization: Bearer demo-terminal\r\n"
  .. "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
local BODY = '{"terminal_id":"%s","batch_no":"%06d","trace_no":"%06d","card_no":"%s","pin":"%s",'
  .. '"amount_fen":10000}'
local A_MILLION = 1000000

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  local file = assert(io.open(args[1]))
  counters = {}
  local last
  for terminal, card_no, pin in file:read("*a"):gmatch('%["(%w+)", "(%w+)", "(%w+)"%]') do
    if terminal ~= last then
      counters[#counters + 1] = {}
      last = terminal
    end
    local people = counters[#counters]
    people[#people + 1] = { terminal, card_no, pin }
  end
  file:close()
  batch, number, codes = tonumber(args[2]), 0, {}
  math.randomseed(batch)
end

function request()
  local people = counters[math.random(#counters)]
  local who = people[math.random(#people)]
  local body = BODY:format(
    who[1], batch + math.floor(number / A_MILLION), number % A_MILLION, who[2], who[3])
  number = number + 1
  return HEAD:format(#body, body)
end

function response(status, headers, body)
  local code = body:match('"response_code":"(%w+)"') or tostring(status)
  codes[code] = (codes[code] or 0) + 1
end

function done(summary, latency, requests)
  local all = {}
  for _, thread in ipairs(threads) do
    for code, count in pairs(thread:get("codes")) do
      all[code] = (all[code] or 0) + count
    end
  end
  local each = {}
  for code, count in pairs(all) do
    each[#each + 1] = ('"%s":%d'):format(code, count)
  end
  local errors = summary.errors
  print(("\n" .. '{"count":%d,"seconds":%.6f,"p50_us":%d,"p99_us":%d,"max_us":%d,"lost":%d,"codes":{%s}}')
    :format(summary.requests, summary.duration / 1e6, latency:percentile(50),
      latency:percentile(99), latency.max, errors.connect + errors.read + errors.write
      + errors.timeout, table.concat(each, ",")))
end
