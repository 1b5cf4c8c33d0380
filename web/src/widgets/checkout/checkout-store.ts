import { Advice, textOf, type ToolResult } from '../../bridge/host.ts';
import { isRecord, RpcFailure } from '../../bridge/rpc.ts';
import type { CartStore } from '../../shared/cart-store.ts';
import { type Again, Poll, type Watched } from '../../shared/poll.ts';
import { isFollowed, isOpen, readEmbed, readOrder, type Embed, type Order } from './order.ts';

/** What the store needs of the bridge. */
export interface CheckoutHost {
  callTool(name: string, args: Record<string, unknown>): Promise<ToolResult>;
  tellModel(text: string): void;
  readonly remembered: Record<string, unknown>;
}

const FIRST_PAUSE = 2000;
const NO_ANSWER = 'The shop did not answer. Please try again in a moment.';
// JSON-RPC 2.0: method not found, invalid params (MCP: an unknown tool).
const UNKNOWN_CODES = [-32601, -32602];

/** The order as the server tells it, followed until it is over. What a payment form says never changes it. */
export class CheckoutStore {
  order: Order | undefined;
  /** Set where the payment form is shown inside the widget. */
  embed: Embed | undefined;
  isStarting = false;
  /** Whether the shop has said that nothing can be paid here. */
  isUnavailable = false;

  /** Orders that came in results: one that comes again must not take the place of a later one. */
  private readonly seen = new Set<string>();
  private recalled: string | undefined;
  private readonly poll: Poll;

  constructor(
    private readonly host: CheckoutHost,
    private readonly cart: CartStore,
    private readonly changed: () => void,
    page?: Watched,
  ) {
    this.poll = new Poll(() => this.follow(), FIRST_PAUSE, page);
  }

  /** Takes a result of the host. True when it has an order or a cart. */
  receive(result: ToolResult): boolean {
    this.cart.receive(result);
    const next = readOrder(result.structuredContent);
    if (next === undefined) return false;
    if (next.orderId === undefined) {
      // A cart that comes late must not hide the order that was made of it.
      if (this.order?.orderId === undefined) this.order = next;
      return true;
    }

    const isRepeated = this.seen.has(next.orderId);
    this.seen.add(next.orderId);
    const later = this.order?.orderId ?? this.rememberedId();
    // This widget has gone on to another order since the result was made. After a new mount it has to be fetched.
    if (later !== undefined && later !== next.orderId && (isRepeated || this.order === undefined)) return this.order !== undefined;
    this.take(next, readEmbed(result._meta, next));
    this.poll.start();
    return true;
  }

  /** Finds the order that an earlier mount showed, or else the cart. Rejects when neither can be had. */
  async fetch(): Promise<void> {
    const id = this.rememberedId();
    if (id !== undefined) {
      const result = await this.host.callTool('get_order', { order_id: id });
      const found = result.isError === true ? undefined : readOrder(result.structuredContent);
      if (found !== undefined) {
        this.order ??= found;
        this.changed();
        this.poll.start();
        return;
      }
    }

    const cart = await this.cart.refresh();
    this.order ??= readOrder(cart);
    this.changed();
  }

  /** What the next mount needs to know. */
  get kept(): { order_id?: string } {
    const id = this.order?.orderId;
    return id === undefined ? {} : { order_id: id };
  }

  /** Asks now, because something may have happened. */
  ask(): void {
    this.poll.start();
  }

  /** Makes an order of the cart, or finds the one that was made. */
  async start(): Promise<void> {
    if (this.isStarting) return;
    this.isStarting = true;
    this.cart.notice = undefined;
    this.changed();
    try {
      const { cartId } = this.cart;
      const result = await this.host.callTool('start_checkout', cartId === undefined ? {} : { cart_id: cartId });
      const next = readOrder(result.structuredContent);
      if (result.isError === true || next === undefined) throw new Advice(textOf(result) || NO_ANSWER);
      if (next.orderId !== undefined) this.seen.add(next.orderId);
      this.order = undefined;
      this.take(next, readEmbed(result._meta, next));
      this.poll.start();
    } catch (failure) {
      if (saysUnavailable(failure)) this.isUnavailable = true;
      else this.cart.fail(failure instanceof Advice ? failure.message : NO_ANSWER);
    } finally {
      this.isStarting = false;
      this.changed();
    }
  }

  private rememberedId(): string | undefined {
    const view = this.host.remembered['view'];
    const id = isRecord(view) ? view['order_id'] : undefined;
    this.recalled ??= typeof id === 'string' ? id : undefined;
    return this.recalled;
  }

  private async follow(): Promise<Again> {
    const before = this.order;
    const id = before?.orderId;
    if (before === undefined || id === undefined) return false;
    const result = await this.host.callTool('get_order', { order_id: id });
    const now = result.isError === true ? undefined : readOrder(result.structuredContent);
    // The shopper may have gone on to another order meanwhile.
    if (now === undefined || this.order?.orderId !== id) return this.order !== undefined && isFollowed(this.order);
    this.order = { ...now, notes: isOpen(now) ? before.notes : [], ...(isOpen(now) && before.trouble !== undefined ? { trouble: before.trouble } : {}) };
    if (now.status !== before.status) {
      // Each try to pay needs settings of its own; the shop's page has them.
      if (now.status !== 'payment_pending') this.embed = undefined;
      this.tell(now);
    }

    this.changed();
    return isFollowed(now);
  }

  private take(next: Order, embed: Embed | undefined): void {
    const { order } = this;
    // A repeated result tells how the order stood then.
    const isKnown = order !== undefined && order.orderId === next.orderId;
    this.order = isKnown ? { ...next, status: order.status, refunded: order.refunded } : next;
    if (!isKnown) this.embed = embed;
    this.isUnavailable = false;
    this.changed();
  }

  private tell(order: Order): void {
    const outcome = this.outcome(order);
    this.cart.announcement = `${outcome}.`;
    const next = order.status === 'paid' || order.status === 'authorized' ? ' The cart is empty now.' : '';
    this.host.tellModel(`${outcome}: order ${order.orderId}, status ${order.status}.${next}`);
  }

  private outcome({ status, total, refunded, currency }: Order): string {
    const money = (amount: number): string => this.cart.money(amount, currency);
    switch (status) {
      case 'paid':
        return `The shopper has paid ${money(total)}`;
      case 'authorized':
        return `The payment of ${money(total)} is authorized`;
      case 'payment_failed':
        return 'The payment did not go through';
      case 'payment_pending':
        return 'The payment is being processed';
      case 'expired':
        return 'The checkout has expired without a payment';
      case 'voided':
        return 'The order was cancelled';
      case 'refunded':
      case 'partly_refunded':
        return `${money(refunded)} of ${money(total)} were refunded`;
      default:
        return `The order of ${money(total)} waits for the payment`;
    }
  }
}

/** Whether a failure means that the shop has no checkout, and not just that something went wrong. */
function saysUnavailable(failure: unknown): boolean {
  if (failure instanceof RpcFailure && UNKNOWN_CODES.includes(failure.code)) return true;
  return failure instanceof Error && /unknown tool|tool .*not (found|exist)|checkout is not (available|offered)/i.test(failure.message);
}
