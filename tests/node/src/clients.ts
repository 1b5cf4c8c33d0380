import { Client as ClientV2, StreamableHTTPClientTransport as StreamableHttpV2, type VersionNegotiationMode } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport as StreamableHttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

import type { JsonObject } from './shapes.js';

export interface ToolResult {
  content: unknown;
  structuredContent: unknown;
  isError: boolean;
  _meta: unknown;
}

/** What the official clients have in common, as far as the tests use it. */
export interface McpClient {
  listTools(): Promise<unknown[]>;
  listResources(): Promise<unknown[]>;
  readResource(uri: string): Promise<unknown[]>;
  /** The client validates `structuredContent` against the tool's outputSchema, because the tools were listed before. */
  callTool(name: string, args: JsonObject): Promise<ToolResult>;
  /** The negotiated protocol revision, when the client tells it. */
  protocolVersion: string | undefined;
  close(): Promise<void>;
}

export interface ClientKind {
  name: string;
  /** The revision that must come out of the negotiation; undefined where the client does not tell it. */
  expectedVersion: string | undefined;
  connect(endpoint: URL): Promise<McpClient>;
}

const identity = { name: 'cartwright-tests', version: '1.0.0' };

/** Both client packages have these methods with types of their own; here they are one. */
interface AnyClient {
  listTools(): Promise<{ tools: unknown[] }>;
  listResources(): Promise<{ resources: unknown[] }>;
  readResource(params: { uri: string }): Promise<{ contents: unknown[] }>;
  callTool(params: { name: string; arguments: JsonObject }): Promise<{ [member: string]: unknown }>;
  close(): Promise<void>;
}

function adapt(client: AnyClient, protocolVersion: string | undefined): McpClient {
  return {
    listTools: async () => (await client.listTools()).tools,
    listResources: async () => (await client.listResources()).resources,
    readResource: async uri => (await client.readResource({ uri })).contents,
    callTool: async (name, args) => {
      const result = await client.callTool({ name, arguments: args });
      return {
        content: result['content'],
        structuredContent: result['structuredContent'],
        isError: result['isError'] === true,
        _meta: result['_meta'],
      };
    },
    protocolVersion,
    close: () => client.close(),
  };
}

async function connectV2(endpoint: URL, mode?: VersionNegotiationMode): Promise<McpClient> {
  const client = new ClientV2(identity, mode === undefined ? {} : { versionNegotiation: { mode } });
  await client.connect(new StreamableHttpV2(endpoint));
  return adapt(client, client.getNegotiatedProtocolVersion());
}

async function connectV1(transport: Transport, protocolVersion: () => string | undefined): Promise<McpClient> {
  const client = new ClientV1(identity);
  await client.connect(transport);
  return adapt(client, protocolVersion());
}

export const clientKinds: ClientKind[] = [
  { name: '@modelcontextprotocol/client 2.4.0, default', expectedVersion: '2025-11-25', connect: endpoint => connectV2(endpoint) },
  { name: '@modelcontextprotocol/client 2.4.0, auto', expectedVersion: '2026-07-28', connect: endpoint => connectV2(endpoint, 'auto') },
  {
    name: '@modelcontextprotocol/client 2.4.0, pinned to 2026-07-28',
    expectedVersion: '2026-07-28',
    connect: endpoint => connectV2(endpoint, { pin: '2026-07-28' }),
  },
  {
    name: '@modelcontextprotocol/sdk 1.32.2, Streamable HTTP',
    expectedVersion: '2025-11-25',
    connect: endpoint => {
      const transport = new StreamableHttpV1(endpoint);
      // The package's own transport does not satisfy its Transport type under exactOptionalPropertyTypes.
      return connectV1(transport as Transport, () => transport.protocolVersion);
    },
  },
  {
    name: '@modelcontextprotocol/sdk 1.32.2, SSE',
    expectedVersion: undefined,
    connect: endpoint => connectV1(new SSEClientTransport(endpoint) as Transport, () => undefined),
  },
];
