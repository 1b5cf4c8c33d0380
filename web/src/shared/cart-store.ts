import { Advice, textOf, type ToolResult } from '../bridge/host.ts';
import { isRecord } from '../bridge/rpc.ts';
import { accept, MAX_QUANTITY, noCart, quantityOf, readCart, type Cart } from './cart.ts';
import { formatMoney } from './money.ts';
import { OperationQueue, overlay, type LineProduct, type Operation } from './operations.ts';

/** What the store needs of the bridge. */
export interface CartHost {
  callTool(name: string, args: Record<string, unknown>): Promise<ToolResult>;
  tellModel(text: string): void;
  readonly context: { locale?: unknown };
}

/** Something the shopper must be told; an error stays until the next click. */
export interface Notice {
  text: string;
  isError: boolean;
}

const NO_ANSWER = 'The shop did not answer, so the last change may be missing. Please try again.';
const MOVED_ON = 'The cart was changed elsewhere in the meantime. Here it is as it is now: please look again.';

/** The cart as the shopper sees it: the server's snapshot, and over it the clicks it has not answered yet. */
export class CartStore {
  notice: Notice | undefined;
  /** The line that was removed last and can be brought back. */
  removed: { product: LineProduct; quantity: number } | undefined;
  /** For screen readers: what the last change came to. */
  announcement = '';

  private state = noCart;
  private held: Cart | undefined;
  private hint: string | undefined;
  private leaving = false;
  private readonly queue: OperationQueue;

  constructor(
    private readonly host: CartHost,
    private readonly changed: () => void,
    private readonly newKey: () => string = () => crypto.randomUUID(),
  ) {
    this.queue = new OperationQueue(operation => this.perform(operation), changed);
  }

  /** The last snapshot, without pending clicks. */
  get snapshot(): Cart | undefined {
    return this.state.shown;
  }

  get cart(): Cart | undefined {
    return overlay(this.state.shown, this.queue.pending);
  }

  get isBusy(): boolean {
    return this.queue.isBusy;
  }

  get cartId(): string | undefined {
    return this.state.shown?.cart_id ?? this.hint;
  }

  get locale(): string | undefined {
    const { locale } = this.host.context;
    return typeof locale === 'string' && locale !== '' ? locale : undefined;
  }

  money(amount: number, currency: string): string {
    return formatMoney(amount, currency, this.locale);
  }

  /** A cart id from elsewhere (kept state, tool input, metadata). Used until a snapshot tells better; never a wrong kind of id. */
  suggestCart(id: unknown): void {
    if (typeof id === 'string' && /^cart_[0-9a-hjkmnp-tv-z]{26}$/.test(id)) this.hint ??= id;
  }

  /** Takes a result of the host. True when it has a cart. */
  receive(result: ToolResult): boolean {
    this.suggestCart(isRecord(result._meta) ? result._meta['openai/widgetSessionId'] : undefined);
    const cart = readCart(result.structuredContent);
    if (cart === undefined) return false;
    const other = this.state.shown !== undefined && this.state.shown.cart_id !== cart.cart_id;
    // While a call is under way its effect is shown already: a snapshot with that effect would show it twice.
    if (this.queue.isBusy && !other) {
      if (this.held === undefined || this.held.version < cart.version) this.held = cart;
    } else {
      this.take(cart);
    }

    this.changed();
    return true;
  }

  add(product: LineProduct): void {
    this.begin();
    if (quantityOf(this.cart, product.id) < MAX_QUANTITY) this.queue.push({ kind: 'add', product, quantity: 1 });
  }

  set(product: LineProduct, quantity: number): void {
    const before = quantityOf(this.cart, product.id);
    this.begin();
    if (quantity === before) return;
    if (quantity <= 0) this.removed = { product, quantity: before };
    this.queue.push({ kind: 'set', product, quantity: Math.max(0, Math.min(MAX_QUANTITY, quantity)) });
  }

  undo(): void {
    const { removed } = this;
    if (removed === undefined) return;
    this.begin();
    this.queue.push({ kind: 'set', product: removed.product, quantity: removed.quantity });
  }

  /** Asks the server for the cart. Rejects when the call does not come through, and with Advice when the server refuses. */
  async refresh(): Promise<Cart | undefined> {
    const id = this.cartId;
    let result = await this.host.callTool('show_cart', id === undefined ? {} : { cart_id: id });
    if (result.isError === true && id !== undefined && this.state.shown === undefined) {
      // The cart that was remembered has expired: the conversation's cart is the next best.
      this.hint = undefined;
      result = await this.host.callTool('show_cart', {});
    }

    const cart = readCart(result.structuredContent);
    if (result.isError === true || cart === undefined) throw new Advice(textOf(result) || NO_ANSWER);
    this.take(cart, id);
    this.changed();
    return cart;
  }

  fail(text: string): void {
    this.notice = { text, isError: true };
    this.changed();
  }

  inform(text: string): void {
    this.notice = { text, isError: false };
    this.changed();
  }

  /** The widget goes away: sends what waits, and is done when all of it has been answered. */
  async leave(): Promise<void> {
    this.leaving = true;
    await this.queue.flush();
  }

  private begin(): void {
    this.notice = undefined;
    this.removed = undefined;
    this.changed();
  }

  private take(cart: Cart, asked?: string): void {
    const before = this.state.shown;
    this.state = accept(this.state, cart, asked);
    if (before !== undefined && this.state.shown !== undefined && before.cart_id !== this.state.shown.cart_id) {
      this.queue.clear();
      this.removed = undefined;
    }
  }

  /** Performs one operation; what it returns shows the outcome. Whatever goes wrong ends in a notice, never in an exception. */
  private async perform(operation: Operation): Promise<() => void> {
    const asked = this.state.shown?.cart_id ?? this.hint;
    let problem: string | undefined;
    let fresh: Cart | undefined;
    try {
      const expected = operation.kind === 'set' && !this.leaving ? this.state.shown?.version : undefined;
      let result = await this.send(operation, asked, expected);
      if (result.isError === true && expected !== undefined) {
        const now = await this.look(asked);
        if (now !== undefined && now.version !== expected) {
          // Somebody else changed the cart. What the shopper wants still holds where this line is as it was shown.
          const untouched = quantityOf(now, operation.product.id) === quantityOf(this.state.shown, operation.product.id);
          result = untouched ? await this.send(operation, asked, now.version) : { isError: true, content: [{ type: 'text', text: MOVED_ON }] };
          fresh = now;
        }
      }

      fresh = readCart(result.structuredContent) ?? fresh;
      if (result.isError === true || readCart(result.structuredContent) === undefined) problem = textOf(result) || NO_ANSWER;
    } catch {
      problem = NO_ANSWER;
      // It may have been carried out all the same.
      fresh = await this.look(asked).catch(() => undefined);
    }

    return () => this.settle(operation, asked, fresh, problem);
  }

  private settle(operation: Operation, asked: string | undefined, fresh: Cart | undefined, problem: string | undefined): void {
    if (fresh !== undefined) this.take(fresh, asked);
    if (this.held !== undefined) this.take(this.held);
    this.held = undefined;
    if (problem !== undefined) {
      this.notice = { text: problem, isError: true };
      this.removed = undefined;
    } else if (this.state.shown !== undefined) {
      this.tell(operation, this.state.shown);
    }
  }

  private tell(operation: Operation, cart: Cart): void {
    const { id, name } = operation.product;
    const quantity = quantityOf(cart, id);
    const total = this.money(cart.subtotal, cart.currency);
    const count = `${cart.item_count} ${cart.item_count === 1 ? 'item' : 'items'}`;
    const change = quantity === 0 ? `${name} removed` : `${name}: ${quantity} in the cart`;
    this.announcement = `${change}. ${count}, ${total}.`;
    this.host.tellModel(
      `The shopper changed the cart by hand: ${quantity === 0 ? `removed ${name}` : `${quantity} × ${name} (${id})`}. `
        + `The cart ${cart.cart_id} is now at version ${cart.version} with ${count}, subtotal ${total}.`,
    );
  }

  private async look(asked: string | undefined): Promise<Cart | undefined> {
    const result = await this.host.callTool('show_cart', asked === undefined ? {} : { cart_id: asked });
    return readCart(result.structuredContent);
  }

  /** One call, repeated once under the same key when it did not come through: the server carries it out once. */
  private async send({ kind, product, quantity }: Operation, cartId: string | undefined, expected: number | undefined): Promise<ToolResult> {
    const args = {
      items: [{ product_id: product.id, quantity }],
      ...(cartId === undefined ? {} : { cart_id: cartId }),
      ...(expected === undefined ? {} : { expected_version: expected }),
      idempotency_key: this.newKey(),
    };
    const tool = kind === 'add' ? 'add_to_cart' : 'update_cart';
    try {
      return await this.host.callTool(tool, args);
    } catch {
      return await this.host.callTool(tool, args);
    }
  }
}
