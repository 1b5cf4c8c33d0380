// The peer of the benchmarks: the shape in which such servers are commonly published. Express, one transport and one server
// per session in a Map, catalogue and carts in memory. PORT and CATALOG (a Cartwright catalogue file) are its settings.
import { randomUUID } from 'node:crypto';

import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import express, { type Request, type Response } from 'express';

import { readCatalog } from './catalog.js';
import { createShop } from './tools.js';

const port = Number(process.env['PORT'] ?? 3001);
const path = process.env['CATALOG'];
if (path === undefined) {
  console.error('CATALOG is not set: give it the path of a catalogue file.');
  process.exit(2);
}
const catalog = readCatalog(path, `http://localhost:${port}`);
const transports = new Map<string, StreamableHTTPServerTransport>();

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: id => void transports.set(id, transport),
  });
  transport.onclose = () => {
    if (transport.sessionId !== undefined) transports.delete(transport.sessionId);
  };
  // The package's own transport does not satisfy its Transport type under exactOptionalPropertyTypes.
  await createShop(catalog).connect(transport as Transport);
  return transport;
}

function sessionOf(request: Request): StreamableHTTPServerTransport | undefined {
  return transports.get(request.header('mcp-session-id') ?? '');
}

const app = express();
app.use(express.json({ limit: '1mb' }));
app.get('/health', (_request, response) => void response.json({ status: 'ok' }));
app.post('/mcp', async (request: Request, response: Response) => {
  const transport = sessionOf(request) ?? (isInitializeRequest(request.body) ? await openSession() : undefined);
  if (transport === undefined) {
    response.status(400).json({ jsonrpc: '2.0', id: null, error: { code: -32000, message: 'No valid session' } });
    return;
  }
  await transport.handleRequest(request, response, request.body);
});
const forward = async (request: Request, response: Response): Promise<void> => {
  const transport = sessionOf(request);
  if (transport === undefined) response.status(400).send('No valid session');
  else await transport.handleRequest(request, response);
};
app.get('/mcp', forward);
app.delete('/mcp', forward);
app.listen(port, '127.0.0.1');
