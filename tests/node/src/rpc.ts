import assert from 'node:assert/strict';

import { asObject, type JsonObject } from './shapes.js';

/** One POST to the MCP endpoint as ChatGPT's tool calls arrive: legacy wire, no session id, hints in `_meta`. */
export async function callTool(endpoint: URL, name: string, args: JsonObject, meta: JsonObject = {}): Promise<JsonObject> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'call-1', method: 'tools/call', params: { name, arguments: args, _meta: meta } }),
  });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/, 'a one-shot answer is plain JSON');
  const message = asObject(JSON.parse(body), 'message');
  assert.equal(message['id'], 'call-1');
  return asObject(message['result'], `result of ${name} in ${body}`);
}
