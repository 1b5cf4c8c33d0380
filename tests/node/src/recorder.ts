import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request as it came in, the body to the byte. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server on a free port of this machine that remembers every request and answers them all alike. */
export interface Recorder {
  readonly url: string;
  readonly requests: readonly Recorded[];
  /** Resolves when a request has come for which `is` holds; throws after a while. */
  first(is: (request: Recorded) => boolean): Promise<Recorded>;
  stop(): Promise<void>;
}

const patience = 20_000;

export async function startRecorder(status: number, answer: unknown): Promise<Recorder> {
  const requests: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async first(is) {
      const deadline = Date.now() + patience;
      for (;;) {
        const found = requests.find(is);
        if (found !== undefined) return found;
        if (Date.now() > deadline) throw new Error(`no such request within ${patience} ms, only ${JSON.stringify(requests.map(one => one.path))}`);
        await delay(20);
      }
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
