import type { AppBridge } from '@modelcontextprotocol/ext-apps/app-bridge';
import { subjectOf, type CallLog, type OpenCall } from './log.ts';
import type { Json } from './mcp.ts';
import { privatePrefix } from './prelude.ts';

type Transport = Parameters<AppBridge['connect']>[0];
type Message = Parameters<Transport['send']>[0];

/** A message of the private channel: from the prelude, or meant for it. */
export interface PrivateMessage {
  id?: string;
  method: string;
  params: Json;
}

/**
 * The official bridge's way to one frame. All that passes is put into the log; the private channel branches off here, and nothing of
 * other windows comes in.
 */
export class FrameTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  private readonly open = new Map<string, OpenCall>();

  constructor(
    private readonly frame: Window,
    private readonly log: CallLog,
    private readonly receivePrivate: (message: PrivateMessage) => void,
  ) {}

  async start(): Promise<void> {
    window.addEventListener('message', this.receive);
  }

  async close(): Promise<void> {
    window.removeEventListener('message', this.receive);
    this.onclose?.();
  }

  async send(message: Message): Promise<void> {
    this.record('host', message as Json);
    this.frame.postMessage(message, '*');
  }

  /** Answers the prelude, or tells it something. */
  sendPrivate(message: Json): void {
    this.frame.postMessage({ jsonrpc: '2.0', ...message }, '*');
  }

  private readonly receive = ({ source, data }: MessageEvent<Json | null>): void => {
    if (source !== this.frame || data?.['jsonrpc'] !== '2.0') return;
    if (String(data['method'] ?? '').startsWith(privatePrefix)) {
      const { id, method, params } = data as unknown as PrivateMessage;
      this.receivePrivate({ ...(id === undefined ? {} : { id }), method: method.slice(privatePrefix.length), params: params ?? {} });
    } else {
      this.record('widget', data);
      this.onmessage?.(data as unknown as Message);
    }
  };

  private record(from: 'host' | 'widget', message: Json): void {
    const { id, method, params } = message;
    const other = from === 'host' ? 'widget' : 'host';
    if (typeof method !== 'string') {
      const key = `${other}${String(id)}`;
      this.open.get(key)?.answer(message, message['error'] !== undefined || (message['result'] as Json | null)?.['isError'] === true);
      this.open.delete(key);
    } else if (id !== undefined) {
      this.open.set(`${from}${String(id)}`, this.log.open(from, other, method, subjectOf(params), message));
    } else if (method === 'ui/notifications/sandbox-resource-ready') {
      // The whole document would bury everything else.
      this.log.note(from, other, method, '', { ...message, params: { ...(params as Json), html: `… ${String((params as Json)['html']).length} characters` } });
    } else {
      this.log.note(from, other, method, subjectOf(params), message);
    }
  }
}
