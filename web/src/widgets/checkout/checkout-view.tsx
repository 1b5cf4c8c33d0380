import type { VNode } from 'preact';
import type { Bridge } from '../../bridge/bridge.ts';
import type { CartStore } from '../../shared/cart-store.ts';
import { followUp } from '../../shared/follow-up.ts';
import { Icon } from '../../shared/icons.tsx';
import type { Waiting } from '../../shared/mount.tsx';
import { NoticeBar, Page, Picture, RetryCard } from '../../shared/parts.tsx';
import type { CheckoutStore } from './checkout-store.ts';
import type { Order, OrderStatus } from './order.ts';
import { CheckOut, EmbeddedForm, Pay } from './payment.tsx';
import './styles.css';

export interface Parts {
  bridge: Bridge;
  store: CartStore;
  checkout: CheckoutStore;
}

const titles: Record<OrderStatus, string> = {
  awaiting_payment: 'Checkout',
  payment_failed: 'Checkout',
  payment_pending: 'Your payment is being processed',
  authorized: 'Your order is placed',
  paid: 'Your order is paid',
  voided: 'Your order was cancelled',
  expired: 'This checkout has expired',
  partly_refunded: 'Partly refunded',
  refunded: 'Refunded',
};

export function CheckoutView(props: Parts & { waiting: Waiting }): VNode {
  const { store, checkout, waiting } = props;
  const { order } = checkout;
  if (order === undefined) {
    return (
      <Page name="checkout" store={store}>
        {waiting.failure === undefined ? <Bones /> : <RetryCard waiting={waiting} title="The order could not be shown" />}
      </Page>
    );
  }

  return (
    <Page name="checkout" store={store}>
      <h1>{titles[order.status]}</h1>
      <NoticeBar notice={store.notice} />
      {order.isSimulated && (
        <p class="notice">
          <Icon name="alert" />
          <span>
            <strong>Simulated payment:</strong> no money moves.
          </span>
        </p>
      )}
      <Outcome {...props} order={order} />
      {order.notes.map(note => (
        <p class="notice" key={note}>
          <Icon name="alert" />
          <span>{note}</span>
        </p>
      ))}
      <Summary order={order} store={store} />
      <Action {...props} order={order} />
    </Page>
  );
}

function Summary({ order, store }: { order: Order; store: CartStore }): VNode {
  return (
    <section class="order" aria-label="Order summary">
      <ul class="lines">
        {order.lines.map(line => (
          <li class="line" key={line.product_id}>
            <Picture src={line.image} name={line.name} />
            <p class="name">
              {line.name}
            </p>
            <p class="muted small amount">
              {line.quantity} × {store.money(line.price, order.currency)}
            </p>
            <p class="total amount">{store.money(line.line_total, order.currency)}</p>
          </li>
        ))}
      </ul>
      {order.lines.length === 0 && <p class="muted">There is nothing in the cart yet.</p>}
      <p class="sum">
        <span>Total</span>
        <span class="amount">{store.money(order.total, order.currency)}</span>
      </p>
      {order.refunded > 0 && (
        <p class="sum part">
          <span>Refunded</span>
          <span class="amount">{store.money(order.refunded, order.currency)}</span>
        </p>
      )}
    </section>
  );
}

/** What became of the payment, above the summary. */
function Outcome({ order, store }: Parts & { order: Order }): VNode | null {
  const { status } = order;
  if (status === 'awaiting_payment') return null;
  if (status === 'payment_failed') {
    return (
      <p class="notice error">
        <Icon name="alert" />
        <span>The last payment did not go through, and no money was taken. You can try again.</span>
      </p>
    );
  }

  const total = store.money(order.total, order.currency);
  const texts: Record<Exclude<OrderStatus, 'awaiting_payment' | 'payment_failed'>, string> = {
    payment_pending: 'The outcome is shown here as soon as it is known.',
    authorized: `${total} is reserved; the shop takes it when the order is sent.`,
    paid: `The shop has received ${total}. Thank you!`,
    voided: 'No money was taken.',
    expired: 'Nothing was paid in time, and the items are no longer held for you.',
    partly_refunded: `${store.money(order.refunded, order.currency)} of ${total} went back to you.`,
    refunded: `${total} went back to you.`,
  };
  const isGood = status === 'paid' || status === 'authorized';
  return (
    <p class={isGood ? 'outcome good' : 'outcome'}>
      <span class="badge">
        <Icon name={status === 'payment_pending' || status === 'expired' ? 'clock' : status === 'voided' ? 'close' : 'check'} />
      </span>
      <span>{texts[status]}</span>
    </p>
  );
}

/** What can be done next. */
function Action(props: Parts & { order: Order }): VNode | null {
  const { order, checkout, bridge, store } = props;
  const { embed } = checkout;
  if (checkout.isUnavailable) return <NotAvailable {...props} />;
  const again = <CheckOut {...props} label={order.orderId === undefined ? 'Check out' : 'Check out again'} />;
  switch (order.status) {
    case 'awaiting_payment':
    case 'payment_failed':
      if (order.orderId === undefined) return order.lines.length === 0 ? null : again;
      if (embed !== undefined && order.trouble === undefined) return <EmbeddedForm key={order.orderId} {...props} embed={embed} order={order} />;
      return order.url === undefined ? again : <Pay key={order.url} {...props} order={order} url={order.url} />;
    case 'payment_pending':
      if (embed !== undefined) return <EmbeddedForm key={order.orderId} {...props} embed={embed} order={order} />;
      return order.url === undefined ? null : <Pay key={order.url} {...props} order={order} url={order.url} />;
    case 'expired':
    case 'voided':
      return again;
    default:
      return (
        <button type="button" class="button quiet" onClick={() => void followUp(bridge, store, 'Show me the products.')}>
          Keep shopping
        </button>
      );
  }
}

function NotAvailable({ bridge, store }: Parts): VNode {
  return (
    <section class="later" aria-label="Payment">
      <Icon name="clock" />
      <div role="status">
        <h2>Checkout is not available yet</h2>
        <p class="muted small">The shop takes no payments here for now. Your cart is kept.</p>
      </div>
      <button type="button" class="button quiet" onClick={() => void followUp(bridge, store, 'Show my cart.')}>
        Back to the cart
      </button>
    </section>
  );
}

function Bones(): VNode {
  return (
    <div aria-busy="true">
      <p class="unseen" role="status">
        Loading the order
      </p>
      <span class="bone" style="width:8rem;height:1.5rem;margin-bottom:20px" />
      <span class="bone" style="height:3rem;margin-bottom:10px" />
      <span class="bone" style="height:3rem;margin-bottom:10px" />
      <span class="bone" style="height:44px;border-radius:999px" />
    </div>
  );
}
