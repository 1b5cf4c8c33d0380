import { isRecord } from '../../bridge/rpc.ts';
import { readCart, type CartLine } from '../../shared/cart.ts';
import { fromMinor } from '../../shared/money.ts';
import type { Again } from '../../shared/poll.ts';

const statuses = ['awaiting_payment', 'payment_pending', 'payment_failed', 'authorized', 'paid', 'voided', 'expired', 'partly_refunded', 'refunded'] as const;
export type OrderStatus = (typeof statuses)[number];

/** What is about to be paid, or was: an order, or the cart while there is none. Amounts are decimals. */
export interface Order {
  lines: CartLine[];
  currency: string;
  total: number;
  refunded: number;
  /** Absent for a cart. */
  orderId?: string;
  status: OrderStatus;
  /** Where it can be paid; absent when it cannot (any more). */
  url?: string;
  isSimulated: boolean;
  notes: string[];
  /** What keeps the payment from being made right now, fit for shoppers. */
  trouble?: string;
}

/** The order in a result of `start_checkout` or `get_order`, or the cart in one of a cart tool; undefined when it is none of them. */
export function readOrder(content: unknown): Order | undefined {
  const cart = readCart(content);
  if (cart !== undefined) {
    const { items: lines, currency, subtotal: total } = cart;
    return { lines, currency, total, refunded: 0, status: 'awaiting_payment', isSimulated: false, notes: [] };
  }

  if (!isRecord(content)) return undefined;
  if (isRecord(content['order'])) return readOrder(content['order']);
  const { items, amount, refunded_amount, currency, order_id, status, checkout_url, simulated, notes, embed_error } = content;
  if (!Array.isArray(items) || typeof currency !== 'string' || !Number.isSafeInteger(amount)) return undefined;
  return {
    lines: items.filter(isRecord).map(line => line as unknown as CartLine),
    currency,
    total: fromMinor(amount as number, currency),
    refunded: Number.isSafeInteger(refunded_amount) ? fromMinor(refunded_amount as number, currency) : 0,
    ...(typeof order_id === 'string' ? { orderId: order_id } : {}),
    status: statuses.find(known => known === status) ?? 'awaiting_payment',
    ...(isWebAddress(checkout_url) ? { url: checkout_url } : {}),
    isSimulated: simulated === true,
    notes: Array.isArray(notes) ? notes.map(String) : [],
    ...(typeof embed_error === 'string' && embed_error !== '' ? { trouble: embed_error } : {}),
  };
}

/** Whether something may still happen to the order soon. */
export function isOpen({ status }: Order): boolean {
  return status === 'awaiting_payment' || status === 'payment_pending' || status === 'payment_failed';
}

/** Whether to go on asking about it. An authorization is mostly captured right away; where the shop captures later, that is not waited for. */
export function isFollowed(order: Order): Again {
  return order.status === 'authorized' ? 'briefly' : isOpen(order);
}

/** What Gr4vy's form is set up with where it is shown inside the widget. */
export interface Embed {
  script: string;
  setup: Record<string, unknown>;
}

/** The settings in the metadata of a result, which only the widget sees; undefined where the shop's own page is the place to pay. */
export function readEmbed(meta: unknown, order: Order): Embed | undefined {
  if (!isRecord(meta) || !isRecord(meta['embed']) || !isWebAddress(meta['embed_script'])) return undefined;
  const { token, gr4vy_id, environment, currency, country, merchant_account_id, amount } = meta['embed'];
  const { order_id, metadata } = isRecord(meta['embed_order']) ? meta['embed_order'] : {};
  // Its own defaults are another environment and another intent than ours: nothing is left to them.
  if (typeof token !== 'string' || typeof gr4vy_id !== 'string' || typeof environment !== 'string') return undefined;
  return {
    script: meta['embed_script'],
    setup: {
      token,
      gr4vyId: gr4vy_id,
      environment,
      currency,
      country,
      amount,
      intent: meta['embed_intent'] ?? 'capture',
      externalIdentifier: order_id ?? order.orderId,
      ...(isRecord(metadata) ? { metadata } : {}),
      ...(typeof merchant_account_id === 'string' ? { merchantAccountId: merchant_account_id } : {}),
    },
  };
}

function isWebAddress(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}
