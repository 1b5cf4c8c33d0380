import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import type { HostPage } from './host-page.js';

/** Waits until `read` gives `expected`; after 20 s the difference is the failure, or why it could not be read: a frame may be loading just then. */
export async function eventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      assert.deepEqual(await read(), expected);
      return;
    } catch (difference) {
      if (Date.now() > deadline) throw difference;
    }

    await delay(25);
  }
}

/** Reads the quantity that the widget shows of a product; waits for its line. */
export function quantityField(host: HostPage, name: string): () => Promise<string> {
  return () => host.widget.getByRole('spinbutton', { name: `How many ${name}` }).inputValue();
}
