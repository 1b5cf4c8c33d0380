/** Where messages go and come from: the parent window in a browser, anything in a test. */
export interface Port {
  post(message: unknown): void;
  listen(receive: (data: unknown) => void): void;
}

/** What the other side asks of us. */
export interface RpcHandlers {
  notified(method: string, params: Record<string, unknown>): void;
  /** The answer to a request; undefined for a method that is not known. */
  asked(method: string, params: Record<string, unknown>): Promise<unknown> | undefined;
}

/** The other side answered with an error, or not in time. */
export class RpcFailure extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** Code of a request that was not answered in time; not sent by anyone. */
export const TIMED_OUT = -32001;
const METHOD_NOT_FOUND = -32601;

interface Waiting {
  resolve(result: unknown): void;
  reject(failure: RpcFailure): void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** JSON-RPC 2.0 with the host. An answer counts once; answers to nothing are ignored. */
export class Rpc {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(
    private readonly port: Port,
    private readonly handlers: RpcHandlers,
  ) {
    port.listen(data => this.receive(data));
  }

  notify(method: string, params: object): void {
    this.port.post({ jsonrpc: '2.0', method, params });
  }

  /** `limit` in milliseconds; without one it waits for ever. Rejects with RpcFailure. */
  request(method: string, params: object, limit?: number): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        this.waiting.delete(id);
        reject(new RpcFailure(`The host did not answer ${method} within ${limit} ms.`, TIMED_OUT));
      };
      this.waiting.set(id, { resolve, reject, timer: limit === undefined ? undefined : setTimeout(expire, limit) });
      this.port.post({ jsonrpc: '2.0', id, method, params });
    });
  }

  private receive(data: unknown): void {
    if (!isRecord(data) || data['jsonrpc'] !== '2.0') return;
    const { id, method } = data;
    if (typeof method !== 'string') {
      this.settle(data);
      return;
    }

    const params = isRecord(data['params']) ? data['params'] : {};
    if (id === undefined) this.handlers.notified(method, params);
    else void this.answer(id, method, params);
  }

  private async answer(id: unknown, method: string, params: Record<string, unknown>): Promise<void> {
    const answer = this.handlers.asked(method, params);
    if (answer === undefined) {
      this.port.post({ jsonrpc: '2.0', id, error: { code: METHOD_NOT_FOUND, message: 'Method not found' } });
    } else {
      this.port.post({ jsonrpc: '2.0', id, result: await answer });
    }
  }

  private settle(message: Record<string, unknown>): void {
    const waiting = this.waiting.get(Number(message['id']));
    if (waiting === undefined) return;
    this.waiting.delete(Number(message['id']));
    clearTimeout(waiting.timer);
    const { error } = message;
    if (isRecord(error)) waiting.reject(new RpcFailure(String(error['message'] ?? 'The host refused.'), Number(error['code'])));
    else waiting.resolve(message['result']);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
