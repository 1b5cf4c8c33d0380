import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { asCart, asObject, type Cart, type JsonObject } from '../../node/src/shapes.js';
import type { Dialect } from './host/wire.js';

/** A tool's result as it came over the wire. */
export type Result = JsonObject;

/** One conversation with the real shop, as a host of the dialect has it: ChatGPT names it in every call, others keep an MCP session. */
export class Conversation {
  private constructor(
    readonly dialect: Dialect,
    private readonly endpoint: URL,
    private readonly headers: Record<string, string>,
    private readonly meta: JsonObject,
  ) {}

  /** `key` is the back office's. */
  static async begin(endpoint: URL, dialect: Dialect, key?: string): Promise<Conversation> {
    const bearer: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    if (dialect !== 'mcp-apps') return new Conversation(dialect, endpoint, bearer, { 'openai/session': `v1/${randomUUID()}` });
    const client = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test-host', version: '1.0.0' } };
    const response = await post(endpoint, bearer, { id: 1, method: 'initialize', params: client });
    await response.arrayBuffer();
    return new Conversation(dialect, endpoint, { ...bearer, 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' }, {});
  }

  async call(name: string, args: JsonObject = {}): Promise<Result> {
    return this.request('tools/call', { name, arguments: args, _meta: this.meta });
  }

  async callForCart(name: string, args: JsonObject = {}): Promise<Cart> {
    const result = await this.call(name, args);
    assert.notEqual(result['isError'], true, JSON.stringify(result['content']));
    return asCart(result['structuredContent']);
  }

  /** Quantities by product id. */
  async quantities(): Promise<Record<string, number>> {
    return quantitiesOf(await this.callForCart('show_cart'));
  }

  async request(method: string, params: JsonObject): Promise<JsonObject> {
    const response = await post(this.endpoint, { 'mcp-protocol-version': '2025-11-25', ...this.headers }, { id: 1, method, params });
    const message = asObject(await response.json(), 'message');
    return asObject(message['result'], `result of ${method} in ${JSON.stringify(message)}`);
  }
}

export function quantitiesOf(cart: Cart): Record<string, number> {
  return Object.fromEntries(cart.items.map(line => [line.product_id, line.quantity]));
}

function post(endpoint: URL, headers: Record<string, string>, message: object): Promise<Response> {
  return fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}
