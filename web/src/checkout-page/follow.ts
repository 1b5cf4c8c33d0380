import { isRecord } from '../bridge/rpc.ts';
import { type Again, Poll } from '../shared/poll.ts';

/** Where the order stands, as `GET /checkout/{token}/status` answers it. `updated` grows with every change. */
export interface Status {
  state: string;
  awaits_approval: boolean;
  has_buyer: boolean;
  updated: number;
}

interface Following {
  url: string;
  /** Whether the order can still change by itself or in another window; if not, it is only asked about when the page comes back. */
  again: Again;
  seen(status: Status): void;
}

/** Asks how the order stands while the page is visible: every second at first, less and less often later. */
export function follow({ url, again, seen }: Following): { ask(): void } {
  const poll = new Poll(async () => {
    const answer = await fetch(url, { headers: { Accept: 'application/json' }, cache: 'no-store', credentials: 'same-origin' });
    const status = readStatus(await answer.json());
    if (answer.ok && status !== undefined) seen(status);
    return again;
  });
  if (again !== false) poll.start();
  // Back from the cache of the browser, the page is old.
  addEventListener('pageshow', event => {
    if (event.persisted) poll.start();
  });
  return { ask: () => poll.start() };
}

function readStatus(value: unknown): Status | undefined {
  if (!isRecord(value)) return undefined;
  const { state, awaits_approval, has_buyer, updated } = value;
  const fits = typeof state === 'string' && typeof awaits_approval === 'boolean' && typeof has_buyer === 'boolean' && typeof updated === 'number';
  return fits ? { state, awaits_approval, has_buyer, updated } : undefined;
}
