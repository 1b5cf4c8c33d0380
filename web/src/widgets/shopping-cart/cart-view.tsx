import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Bridge } from '../../bridge/bridge.ts';
import type { Cart, CartLine } from '../../shared/cart.ts';
import type { CartStore } from '../../shared/cart-store.ts';
import { followUp } from '../../shared/follow-up.ts';
import { Icon } from '../../shared/icons.tsx';
import type { Waiting } from '../../shared/mount.tsx';
import { NoticeBar, Page, Picture, plural, RetryCard, Stepper } from '../../shared/parts.tsx';
import './styles.css';

interface Props {
  bridge: Bridge;
  store: CartStore;
  waiting: Waiting;
}

export function CartView({ bridge, store, waiting }: Props): VNode {
  const { cart } = store;
  const undo = useRef<HTMLButtonElement>(null);
  const removed = store.removed?.product.id;
  // The button that removed the line is gone with it; the next thing to do is to take that back.
  useEffect(() => {
    if (removed !== undefined && (document.activeElement === null || document.activeElement === document.body)) undo.current?.focus();
  }, [removed]);

  if (cart === undefined) {
    return (
      <Page name="cart" store={store}>
        {waiting.failure === undefined ? <Bones /> : <RetryCard waiting={waiting} title="Your cart could not be shown" />}
      </Page>
    );
  }

  return (
    <Page name="cart" store={store}>
      <header class="top">
        <h1>Your cart</h1>
        {cart.items.length > 0 && <p class="muted small">{plural(cart.item_count, 'item')}</p>}
      </header>
      <NoticeBar notice={store.notice} />
      {cart.items.length === 0 ? <Empty bridge={bridge} store={store} /> : <Lines cart={cart} store={store} />}
      {store.removed !== undefined && (
        <p class="undo" role="group" aria-label="Removed line">
          <span>
            <bdi>{store.removed.product.name}</bdi> removed
          </span>
          <button type="button" class="text-button" ref={undo} onClick={() => store.undo()}>
            Undo
          </button>
        </p>
      )}
      {cart.items.length > 0 && <Summary cart={cart} bridge={bridge} store={store} />}
    </Page>
  );
}

function Lines({ cart, store }: { cart: Cart; store: CartStore }): VNode {
  return (
    <ul class="lines" aria-label="Lines of the cart">
      {cart.items.map(line => (
        <Line key={line.product_id} line={line} currency={cart.currency} store={store} />
      ))}
    </ul>
  );
}

function Line({ line, currency, store }: { line: CartLine; currency: string; store: CartStore }): VNode {
  const product = { id: line.product_id, name: line.name, price: line.price, currency, image: line.image };
  return (
    <li class="line" data-product={line.product_id}>
      <Picture src={line.image} name={line.name} />
      <div class="what">
        <p class="name">
          {line.name}
        </p>
        <p class="muted small">
          <span class="amount">{store.money(line.price, currency)}</span> each
        </p>
        {line.note !== undefined && (
          <p class="note small">
            <Icon name="alert" />
            <span>{line.note}</span>
          </p>
        )}
      </div>
      <Stepper name={line.name} quantity={line.quantity} onChange={quantity => store.set(product, quantity)} />
      <p class="total amount">{store.money(line.line_total, currency)}</p>
      <button type="button" class="remove" aria-label={`Remove ${line.name} from the cart`} onClick={() => store.set(product, 0)}>
        <Icon name="close" />
      </button>
    </li>
  );
}

function Summary({ cart, bridge, store }: { cart: Cart; bridge: Bridge; store: CartStore }): VNode {
  return (
    <section class="summary" aria-label="Summary">
      {cart.notes?.map(note => (
        <p class="note small" key={note}>
          <Icon name="alert" />
          <span>{note}</span>
        </p>
      ))}
      <div>
        <p class="subtotal">
          <span>Subtotal</span>
          <span class="amount" data-testid="subtotal">
            {store.money(cart.subtotal, cart.currency)}
          </span>
        </p>
        <p class="muted small">You enter the delivery address on the checkout page.</p>
      </div>
      <button type="button" class="button checkout" onClick={() => void followUp(bridge, store, 'I would like to check out my cart.')}>
        Checkout
      </button>
    </section>
  );
}

function Empty({ bridge, store }: { bridge: Bridge; store: CartStore }): VNode {
  return (
    <div class="blank">
      <span class="badge">
        <Icon name="cart" />
      </span>
      <h2>Your cart is empty</h2>
      <p class="muted">What you add here or in the conversation will wait for you in this cart.</p>
      <button type="button" class="button" onClick={() => void followUp(bridge, store, 'Show me the products.')}>
        Browse products
      </button>
    </div>
  );
}

function Bones(): VNode {
  return (
    <div aria-busy="true">
      <p class="unseen" role="status">
        Loading your cart
      </p>
      <span class="bone" style="width:9rem;height:1.5rem;margin-bottom:20px" />
      {[0, 1, 2].map(row => (
        <div class="bone-line" key={row}>
          <span class="bone" style="width:64px;height:64px" />
          <span class="bone" style="flex:1;height:1.1rem" />
          <span class="bone" style="width:5rem;height:1.1rem" />
        </div>
      ))}
    </div>
  );
}
