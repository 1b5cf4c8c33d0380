import { MAX_QUANTITY, type Cart, type CartLine } from './cart.ts';
import { fromMinor, toMinor } from './money.ts';

/** What must be known of a product to show its line before the server has answered. */
export interface LineProduct {
  id: string;
  name: string;
  price: number;
  currency: string;
  image?: string | undefined;
}

/** A click that the server has not answered yet: adds to what is there, or sets a quantity (0 removes). */
export interface Operation {
  readonly kind: 'add' | 'set';
  readonly product: LineProduct;
  readonly quantity: number;
}

/** Two operations on one product as one, the later after the earlier. */
export function combine(earlier: Operation, later: Operation): Operation {
  if (later.kind === 'set') return later;
  return { ...earlier, quantity: clamp(earlier.quantity + later.quantity) };
}

/** The cart as it will be when the operations have succeeded. Lines they leave alone keep the server's amounts. */
export function overlay(cart: Cart | undefined, operations: readonly Operation[]): Cart | undefined {
  const first = operations[0];
  if (first === undefined) return cart;
  const empty: Cart = { cart_id: '', version: 0, currency: first.product.currency, items: [], item_count: 0, subtotal: 0 };
  return operations.reduce(apply, cart ?? empty);
}

function apply(cart: Cart, { kind, product, quantity }: Operation): Cart {
  const old = cart.items.find(line => line.product_id === product.id);
  const before = old?.quantity ?? 0;
  const after = clamp(kind === 'set' ? quantity : before + quantity);
  // A line that is not counted (no longer sold) has a total of 0 at any quantity.
  const counts = old === undefined || old.line_total > 0 || old.price === 0;
  const total = counts ? toMinor(old?.price ?? product.price, cart.currency) * after : 0;
  const line: CartLine = {
    ...(old ?? { product_id: product.id, name: product.name, price: product.price, ...(product.image === undefined ? {} : { image: product.image }) }),
    quantity: after,
    line_total: fromMinor(total, cart.currency),
  };
  const others = (replacement: CartLine[]): CartLine[] =>
    old === undefined ? [...cart.items, ...replacement] : cart.items.flatMap(item => (item === old ? replacement : [item]));
  const subtotal = toMinor(cart.subtotal, cart.currency) - toMinor(old?.line_total ?? 0, cart.currency) + total;
  return {
    ...cart,
    items: others(after === 0 ? [] : [line]),
    item_count: cart.item_count + (counts ? after - before : 0),
    subtotal: fromMinor(subtotal, cart.currency),
  };
}

function clamp(quantity: number): number {
  return Math.max(0, Math.min(MAX_QUANTITY, quantity));
}

/** Performs operations one at a time. Those that come during a call wait, and those on one product become one. */
export class OperationQueue {
  private running: Operation | undefined;
  private waiting: Operation[] = [];

  /**
   * `perform` never rejects; what it returns is run in the moment in which the operation stops being pending, so that no view sees the
   * operation and its outcome both. `changed` is told whenever `pending` has changed.
   */
  constructor(
    private readonly perform: (operation: Operation) => Promise<() => void>,
    private readonly changed: () => void,
  ) {}

  get pending(): readonly Operation[] {
    return this.running === undefined ? this.waiting : [this.running, ...this.waiting];
  }

  get isBusy(): boolean {
    return this.running !== undefined;
  }

  push(operation: Operation): void {
    const index = this.waiting.findIndex(waiting => waiting.product.id === operation.product.id);
    const earlier = this.waiting[index];
    if (earlier === undefined) this.waiting.push(operation);
    else this.waiting[index] = combine(earlier, operation);
    if (this.running === undefined) void this.run();
    this.changed();
  }

  /** Forgets what waits, because it was meant for another cart. */
  clear(): void {
    this.waiting = [];
  }

  /** Sends everything that waits at once: the widget goes, and what was clicked must not be lost. */
  async flush(): Promise<void> {
    await Promise.all(this.waiting.splice(0).map(async operation => (await this.perform(operation))()));
  }

  private async run(): Promise<void> {
    while ((this.running = this.waiting.shift()) !== undefined) {
      const settle = await this.perform(this.running);
      this.running = undefined;
      settle();
      this.changed();
    }
  }
}
