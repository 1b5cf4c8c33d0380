-- Replays prepared HTTP requests in a circle. Settings come from the environment:
--   BENCH_REQUESTS  file of requests, each written as its length in bytes, a line feed, and the bytes
--   BENCH_CHECK     1: read every answer and count tool errors (the load generator is slower then, so only while warming up)
-- Answers with another status than 2xx/3xx are counted by wrk itself, always. The last line of the output is JSON.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local requests = {}
local position = 0
answered = 0
tool_errors = 0

function init()
  local file = assert(io.open(os.getenv("BENCH_REQUESTS"), "rb"))
  while true do
    local length = file:read("*l")
    if length == nil then break end
    table.insert(requests, file:read(tonumber(length)))
  end
  file:close()
end

function request()
  position = position % #requests + 1
  return requests[position]
end

if os.getenv("BENCH_CHECK") == "1" then
  function response(status, headers, body)
    answered = answered + 1
    if status ~= 200 or body:find('"isError":%s*true') or not body:find('"result":') then
      tool_errors = tool_errors + 1
    end
  end
end

function done(summary, latency)
  local sum = { answered = 0, tool_errors = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(sum) do sum[name] = sum[name] + (tonumber(thread:get(name)) or 0) end
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"status":%d,"socket":%d,"answered":%d,"toolErrors":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    sum.answered, sum.tool_errors, latency:percentile(50), latency:percentile(99)))
end
