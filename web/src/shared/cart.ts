import { isRecord } from '../bridge/rpc.ts';

/** A cart as the server answers it; amounts are decimals with exactly the currency's places. */
export interface Cart {
  cart_id: string;
  version: number;
  currency: string;
  items: CartLine[];
  item_count: number;
  subtotal: number;
  notes?: string[];
}

export interface CartLine {
  product_id: string;
  name: string;
  price: number;
  quantity: number;
  image?: string;
  line_total: number;
  note?: string;
}

/** What is shown, and the highest version seen of every cart. */
export interface CartState {
  readonly shown: Cart | undefined;
  readonly seen: Readonly<Record<string, number>>;
}

export const noCart: CartState = { shown: undefined, seen: {} };

/** Quantities of a line go from 1 to this. */
export const MAX_QUANTITY = 99;

/** The cart in a result's structured content; undefined when it is something else. */
export function readCart(content: unknown): Cart | undefined {
  if (!isRecord(content)) return undefined;
  const { cart_id, version, currency, items, item_count, subtotal } = content;
  const isCart =
    typeof cart_id === 'string' &&
    Number.isSafeInteger(version) &&
    typeof currency === 'string' &&
    Array.isArray(items) &&
    items.every(line => isRecord(line) && typeof line['product_id'] === 'string' && Number.isInteger(line['quantity'])) &&
    typeof item_count === 'number' &&
    typeof subtotal === 'number';
  return isCart ? (content as unknown as Cart) : undefined;
}

/**
 * The one reducer of snapshots. Of the same cart only a higher version replaces what is shown. Another cart replaces it too, unless the
 * snapshot is a late repetition: of a cart that was shown before, at a version that was seen. `asked` is the cart that an own call was
 * made for: its answer counts only while that cart is still shown.
 */
export function accept(state: CartState, cart: Cart, asked?: string): CartState {
  const { shown, seen } = state;
  if (asked !== undefined && shown !== undefined && asked !== shown.cart_id) return state;
  if (cart.version <= (seen[cart.cart_id] ?? -1)) return state;
  return { shown: cart, seen: { ...seen, [cart.cart_id]: cart.version } };
}

export function quantityOf(cart: Cart | undefined, productId: string): number {
  return cart?.items.find(line => line.product_id === productId)?.quantity ?? 0;
}
