// MCP requests as the benchmarks send them: once as raw HTTP for wrk, once as calls whose answers are read.
import { Agent, request as httpRequest } from 'node:http';

/** @typedef {'modern' | 'legacy'} Wire modern = 2026-07-28 (headers and _meta on each request), legacy = 2025-11-25 */
/** @typedef {{ headers: Record<string, string>, body: string }} Message */

const clientInfo = { name: 'cartwright-bench', version: '1.0.0' };
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

const common = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };

/**
 * @param {Wire} wire
 * @param {number} id
 * @param {string} tool
 * @param {object} args
 * @param {string | undefined} session
 * @returns {Message}
 */
export function toolCall(wire, id, tool, args, session) {
  if (wire === 'modern') {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': clientInfo,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    return {
      headers: { ...common, 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': tool },
      body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: tool, arguments: args, _meta } }),
    };
  }
  return {
    headers: { ...common, 'MCP-Protocol-Version': '2025-11-25', ...(session === undefined ? {} : { 'Mcp-Session-Id': session }) },
    body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: tool, arguments: args } }),
  };
}

/** @param {number} id @returns {Message} */
export function initialize(id) {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  return { headers: common, body: JSON.stringify({ jsonrpc: '2.0', id, method: 'initialize', params }) };
}

/** @returns {Message} */
function initialized() {
  return { headers: common, body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }) };
}

/** The bytes of a message as HTTP/1.1. @param {number} port @param {Message} message */
export function rawRequest(port, message) {
  const headers = { Host: `127.0.0.1:${port}`, 'Content-Length': String(Buffer.byteLength(message.body)), ...message.headers };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${message.body}`;
}

/**
 * Sends a message; gives the answer's bytes as they came.
 * @param {number} port
 * @param {Message} message
 * @returns {Promise<{ status: number, session: string | undefined, body: Buffer }>}
 */
export function post(port, message) {
  return new Promise((resolve, reject) => {
    const headers = { ...message.headers, 'Content-Length': Buffer.byteLength(message.body) };
    const request = httpRequest({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers, agent }, response => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const session = response.headers['mcp-session-id'];
        resolve({ status: response.statusCode ?? 0, session: typeof session === 'string' ? session : undefined, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    request.end(message.body);
  });
}

/**
 * The tool result in an answer, plain JSON or SSE; a protocol error or a tool error throws.
 * @param {Buffer} body
 * @returns {any}
 */
export function toolResult(body) {
  const text = body.toString();
  const data = text.startsWith('{') ? text : text.split('\n').findLast(line => line.startsWith('data: '))?.slice(6);
  if (data === undefined) throw new Error(`no message in ${text.slice(0, 500)}`);
  const message = JSON.parse(data);
  if (message.result === undefined || message.result.isError === true) throw new Error(`the call failed: ${data.slice(0, 500)}`);
  return message.result;
}

/**
 * @param {number} port @param {Wire} wire @param {string | undefined} session
 * @param {string} tool @param {object} args
 */
export async function callTool(port, wire, session, tool, args) {
  const answer = await post(port, toolCall(wire, 1, tool, args, session));
  if (answer.status !== 200) throw new Error(`${tool} answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
  return toolResult(answer.body);
}

/** A session as the TypeScript peer wants it before any call. @param {number} port */
export async function openSession(port) {
  const { session, status, body } = await post(port, initialize(1));
  if (session === undefined) throw new Error(`initialize answered ${status} without a session: ${body.toString().slice(0, 500)}`);
  const message = initialized();
  await post(port, { ...message, headers: { ...message.headers, 'Mcp-Session-Id': session } });
  return session;
}

/**
 * Runs `work` over the items, 32 at a time, and keeps their order.
 * @template T, R
 * @param {T[]} items
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
export async function inParallel(items, work) {
  /** @type {R[]} */
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(/** @type {T} */ (items[index]));
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return results;
}
