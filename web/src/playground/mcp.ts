import { subjectOf, type CallLog, type Party } from './log.ts';

export type Json = Record<string, unknown>;

export const revisions = ['2026-07-28', '2025-11-25'] as const;
export type Revision = (typeof revisions)[number];

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  [key: string]: unknown;
}

export interface Tool {
  name: string;
  title?: string;
  description?: string;
  inputSchema: Schema;
  annotations?: Json;
  _meta?: Json;
}

export interface CallResult {
  content: { type: string; text?: string; [key: string]: unknown }[];
  structuredContent?: Json;
  isError?: boolean;
  _meta?: Json;
}

export interface Resource {
  uri: string;
  mimeType?: string;
  text?: string;
  _meta?: Json;
}

/** What the shop answered instead of a result. */
export class ShopError extends Error {}

export interface ShopOptions {
  endpoint: string;
  revision: Revision;
  /** Whether the legacy revision's session id is sent along; ChatGPT leaves it out. */
  keepsSession: boolean;
  /** `_meta` of every tool call. */
  callMeta: () => Json;
  log: CallLog;
}

const clientInfo = { name: 'cartwright-playground', title: 'Cartwright playground', version: '1' };
const capabilities = { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } };

/** A client of the shop's MCP endpoint over Streamable HTTP, in the stateless revision or the newest one with a handshake. */
export class ShopClient {
  private session: string | undefined;
  private opened: Promise<Json> | undefined;
  private next = 1;

  constructor(private readonly options: ShopOptions) {}

  /** What the server says of itself. The handshake happens once. */
  open(): Promise<Json> {
    this.opened ??= this.options.revision === '2026-07-28' ? this.request('server/discover', {}) : this.shakeHands();
    this.opened.catch(() => (this.opened = undefined));
    return this.opened;
  }

  async listTools(): Promise<Tool[]> {
    await this.open();
    return (await this.request('tools/list', {}))['tools'] as Tool[];
  }

  async callTool(name: string, args: Json, from: Party = 'model'): Promise<CallResult> {
    await this.open();
    return (await this.request('tools/call', { name, arguments: args, _meta: this.options.callMeta() }, from)) as unknown as CallResult;
  }

  async readResource(uri: string, from: Party = 'host'): Promise<Resource[]> {
    await this.open();
    return (await this.request('resources/read', { uri }, from))['contents'] as Resource[];
  }

  async listResources(from: Party = 'host'): Promise<Json> {
    await this.open();
    return this.request('resources/list', {}, from);
  }

  private async shakeHands(): Promise<Json> {
    const hello = await this.request('initialize', { protocolVersion: this.options.revision, capabilities, clientInfo });
    await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return hello;
  }

  private async request(method: string, params: Json, from: Party = 'host'): Promise<Json> {
    const message = { jsonrpc: '2.0', id: this.next++, method, params: this.withMeta(params) };
    const call = this.options.log.open(from === 'widget' ? 'host' : from, 'shop', method, subjectOf(params), message);
    try {
      const answer = await this.post(message);
      const failed = answer?.['error'] !== undefined || (answer?.['result'] as Json | undefined)?.['isError'] === true;
      call.answer(answer, failed);
      if (answer?.['error']) throw new ShopError(String((answer['error'] as Json)['message']));
      return (answer?.['result'] ?? {}) as Json;
    } catch (error) {
      if (error instanceof ShopError) throw error;
      call.answer({ error: String(error) }, true);
      throw new ShopError('The shop could not be reached. Is the server still running?');
    }
  }

  private withMeta(params: Json): Json {
    if (this.options.revision !== '2026-07-28') return params;
    return {
      ...params,
      _meta: {
        ...(params['_meta'] as Json | undefined),
        'io.modelcontextprotocol/protocolVersion': this.options.revision,
        'io.modelcontextprotocol/clientInfo': clientInfo,
        'io.modelcontextprotocol/clientCapabilities': capabilities,
      },
    };
  }

  /** The answering message; undefined for a notification. */
  private async post(message: Json): Promise<Json | undefined> {
    const response = await fetch(this.options.endpoint, { method: 'POST', headers: this.headers(message), body: JSON.stringify(message) });
    if (message['method'] === 'initialize' && this.options.keepsSession) this.session = response.headers.get('mcp-session-id') ?? undefined;
    const text = await response.text();
    if (text === '') return undefined;
    return response.headers.get('content-type')?.startsWith('text/event-stream') ? lastEvent(text, message['id']) : (JSON.parse(text) as Json);
  }

  private headers(message: Json): Record<string, string> {
    const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    if (message['method'] !== 'initialize') headers['mcp-protocol-version'] = this.options.revision;
    if (this.session !== undefined) headers['mcp-session-id'] = this.session;
    if (this.options.revision === '2026-07-28') {
      headers['mcp-method'] = String(message['method']);
      const named = subjectOf(message['params']);
      if (named !== '') headers['mcp-name'] = encodeHeader(named);
    }

    return headers;
  }
}

/** Header values beyond plain ASCII travel as base64 of UTF-8 (2026-07-28, Streamable HTTP, "Request Metadata"). */
function encodeHeader(value: string): string {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?base64?')) return value;
  return `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}?=`;
}

/** The answer to `id` in a finished event stream. */
function lastEvent(text: string, id: unknown): Json | undefined {
  const messages = text.split(/\r?\n\r?\n/).map(event => event.split(/\r?\n/).filter(line => line.startsWith('data:')).map(line => line.slice(5).trimStart()).join('\n'));
  return messages.filter(data => data !== '').map(data => JSON.parse(data) as Json).find(message => message['id'] === id);
}
