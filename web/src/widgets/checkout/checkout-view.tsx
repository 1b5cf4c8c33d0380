import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Bridge } from '../../bridge/bridge.ts';
import type { CartStore } from '../../shared/cart-store.ts';
import { followUp } from '../../shared/follow-up.ts';
import { Icon } from '../../shared/icons.tsx';
import type { Waiting } from '../../shared/mount.tsx';
import { NoticeBar, Page, Picture, RetryCard } from '../../shared/parts.tsx';
import type { Order } from './order.ts';
import './styles.css';

interface Props {
  bridge: Bridge;
  store: CartStore;
  order: Order | undefined;
  waiting: Waiting;
}

export function CheckoutView({ bridge, store, order, waiting }: Props): VNode {
  if (order === undefined) {
    return (
      <Page name="checkout" store={store}>
        {waiting.failure === undefined ? <Bones /> : <RetryCard waiting={waiting} title="The order could not be shown" />}
      </Page>
    );
  }

  return (
    <Page name="checkout" store={store}>
      <h1>Checkout</h1>
      <NoticeBar notice={store.notice} />
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
      </section>
      {order.url === undefined ? (
        <NotAvailable bridge={bridge} store={store} />
      ) : (
        <Pay key={order.url} url={order.url} label={`Pay ${store.money(order.total, order.currency)}`} bridge={bridge} />
      )}
    </Page>
  );
}

/** A button that asks the host to open the page; where the host refuses, a plain link to it. */
function Pay({ url, label, bridge }: { url: string; label: string; bridge: Bridge }): VNode {
  const [isRefused, setRefused] = useState(false);
  const open = async (): Promise<void> => setRefused(!(await bridge.openLink(url)));
  return (
    <section class="pay" aria-label="Payment">
      <button type="button" class="button" onClick={() => void open()}>
        {label}
        <Icon name="out" />
      </button>
      <div role="status">
        {isRefused && (
          <p class="notice">
            <span>
              The assistant did not open the page.{' '}
              <a href={url} target="_blank" rel="noopener noreferrer">
                Open it yourself
              </a>
            </span>
          </p>
        )}
      </div>
      <p class="muted small">You pay on the shop’s own page, which opens in a new window.</p>
    </section>
  );
}

function NotAvailable({ bridge, store }: { bridge: Bridge; store: CartStore }): VNode {
  return (
    <section class="later" aria-label="Payment">
      <Icon name="clock" />
      <div>
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
