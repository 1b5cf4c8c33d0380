import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Shop } from '../../node/src/server.js';

const secret = 'a-secret-of-the-tests';

/** What the stand-in for Embed records in the page, as `window.gr4vy`. */
export interface Recorded {
  calls: Record<string, unknown>[];
  submits: number;
  /** Fires an event of the form. */
  fire(name: string, data?: unknown): void;
}

/** The script that takes the place of Gr4vy's: one function `setup`, which shows a form that is none, and brings styles like Embed does. */
const script = `
window.gr4vy = {
  calls: [],
  submits: 0,
  setup(options) {
    const { onEvent, element, ...settings } = options;
    gr4vy.calls.push(JSON.parse(JSON.stringify({ ...settings, functions: Object.keys(options).filter(key => typeof options[key] === 'function') })));
    const place = typeof element === 'string' ? document.querySelector(element) : element;
    place.textContent = 'The form of the payment provider';
    document.head.append(Object.assign(document.createElement('style'), { textContent: '.gr4vy__skeleton { opacity: .5 }' }));
    gr4vy.fire = (name, data) => onEvent(name, data);
    gr4vy.fire('formUpdate', { valid: true });
    return { submit: () => void gr4vy.submits++ };
  },
};`;

/** Gr4vy as far as a shop meets it: the API for checkout sessions and transactions, the script for browsers, and signed webhooks. */
export class FakeGr4vy {
  /** What the API knows of transactions. */
  transactions: object[] = [];
  /** Whether the script can be had. */
  servesScript = true;

  /** The shop's settings, when this is served by a server at the origin. */
  settings(origin: string): Record<string, string> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-521', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    return {
      PAYMENT_PROVIDER: 'gr4vy',
      GR4VY_ID: 'acme',
      GR4VY_ENVIRONMENT: 'sandbox',
      GR4VY_MERCHANT_ACCOUNT_ID: 'default',
      GR4VY_PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
      GR4VY_WEBHOOK_SECRET: secret,
      GR4VY_API_URL: `${origin}/gr4vy/api`,
      GR4VY_EMBED_SCRIPT_URL: `${origin}/gr4vy/embed.js`,
    };
  }

  /** Answers a request that is for Gr4vy; false for any other. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url ?? '';
    if (path === '/gr4vy/embed.js') {
      if (this.servesScript) reply(response, 200, 'text/javascript', script);
      else reply(response, 503, 'text/plain', '');
    } else if (path === '/gr4vy/api/checkout/sessions') {
      reply(response, 201, 'application/json', JSON.stringify({ type: 'checkout-session', id: randomUUID() }));
    } else if (path.startsWith('/gr4vy/api/transactions')) {
      reply(response, 200, 'application/json', JSON.stringify({ items: this.transactions, limit: 100, next_cursor: null }));
    } else {
      return false;
    }

    return true;
  }

  /** Tells the shop of a transaction of the order, by a signed webhook. */
  async tell(shop: Shop, orderId: string, status: string, amount: number): Promise<void> {
    const now = new Date().toISOString();
    const paid = status === 'capture_succeeded' ? amount : 0;
    const target = {
      type: 'transaction',
      id: randomUUID(),
      status,
      amount,
      currency: 'USD',
      authorized_amount: paid,
      captured_amount: paid,
      refunded_amount: 0,
      external_identifier: orderId,
      metadata: { order_id: orderId },
      merchant_account_id: 'default',
      payment_method: { type: 'payment-method', method: 'card' },
      created_at: now,
      updated_at: now,
    };
    this.transactions.push(target);
    const body = JSON.stringify({ type: 'event', id: randomUUID(), name: 'transaction.captured', created_at: now, merchant_account_id: 'default', gr4vy_id: 'acme', environment: 'sandbox', target });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const response = await fetch(new URL('/webhooks/gr4vy', shop.endpoint), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-gr4vy-webhook-id': randomUUID(),
        'x-gr4vy-webhook-timestamp': timestamp,
        'x-gr4vy-webhook-signatures': createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'),
      },
      body,
    });
    assert.equal(response.status, 200, await response.text());
  }
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
