export type Party = 'model' | 'host' | 'shop' | 'widget';

/** One call with its answer, or one message without. Bodies are what went over the wire, parsed. */
export interface LogEntry {
  id: number;
  from: Party;
  to: Party;
  method: string;
  /** The tool or resource that is meant, or what went wrong. */
  subject: string;
  at: number;
  state: 'running' | 'ok' | 'failed' | 'sent';
  /** Milliseconds from question to answer. */
  took?: number;
  /** Characters of both bodies as JSON. */
  size: number;
  request?: unknown;
  response?: unknown;
}

export interface OpenCall {
  answer(response: unknown, failed?: boolean): void;
}

const limit = 500;

/** Everything that was said between host, shop and widgets, oldest first. */
export class CallLog {
  entries: readonly LogEntry[] = [];
  private next = 1;
  private readonly listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A call, of which the answer is still to come. */
  open(from: Party, to: Party, method: string, subject: string, request: unknown): OpenCall {
    const entry = this.add({ from, to, method, subject, request, state: 'running' });
    return {
      answer: (response, failed = false) => {
        const size = sizeOf(entry.request) + sizeOf(response);
        const answered: LogEntry = { ...entry, response, size, state: failed ? 'failed' : 'ok', took: performance.now() - entry.at };
        this.publish(this.entries.map(other => (other.id === entry.id ? answered : other)));
      },
    };
  }

  /** A message that has no answer. */
  note(from: Party, to: Party, method: string, subject: string, body: unknown, failed = false): void {
    this.add({ from, to, method, subject, request: body, state: failed ? 'failed' : 'sent' });
  }

  clear(): void {
    this.publish([]);
  }

  private add(fields: Omit<LogEntry, 'id' | 'at' | 'size'>): LogEntry {
    const entry: LogEntry = { ...fields, id: this.next++, at: performance.now(), size: sizeOf(fields.request) };
    this.publish([...this.entries, entry].slice(-limit));
    return entry;
  }

  private publish(entries: readonly LogEntry[]): void {
    this.entries = entries;
    for (const listener of this.listeners) listener();
  }
}

function sizeOf(body: unknown): number {
  return body === undefined ? 0 : (JSON.stringify(body) ?? '').length;
}

/** What a call is about: a tool's name, a resource's address. */
export function subjectOf(params: unknown): string {
  if (typeof params !== 'object' || params === null) return '';
  const { name, uri, url, href } = params as Record<string, unknown>;
  return [name, uri, url, href].find((value): value is string => typeof value === 'string') ?? '';
}
