import { isRecord } from '../../bridge/rpc.ts';
import { readCart, type CartLine } from '../../shared/cart.ts';
import { fromMinor } from '../../shared/money.ts';

/** What is about to be paid: an order that was begun, or the cart while nothing was. Amounts are decimals. */
export interface Order {
  lines: CartLine[];
  currency: string;
  total: number;
  /** Absent for a cart. */
  orderId?: string;
  /** Where it can be paid; absent while checkout is not available. */
  url?: string;
}

/** The order in a result of `start_checkout`, or the cart in one of a cart tool; undefined when it is neither. */
export function readOrder(content: unknown): Order | undefined {
  const cart = readCart(content);
  if (cart !== undefined) return { lines: cart.items, currency: cart.currency, total: cart.subtotal };
  if (!isRecord(content)) return undefined;
  const { items, amount, currency, order_id, checkout_url } = content;
  if (!Array.isArray(items) || typeof currency !== 'string' || !Number.isSafeInteger(amount)) return undefined;
  return {
    lines: items.filter(isRecord).map(line => line as unknown as CartLine),
    currency,
    total: fromMinor(amount as number, currency),
    ...(typeof order_id === 'string' ? { orderId: order_id } : {}),
    ...(isWebAddress(checkout_url) ? { url: checkout_url } : {}),
  };
}

function isWebAddress(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}
