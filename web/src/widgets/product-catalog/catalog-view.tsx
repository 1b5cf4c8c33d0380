import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Bridge } from '../../bridge/bridge.ts';
import type { CartStore } from '../../shared/cart-store.ts';
import { followUp } from '../../shared/follow-up.ts';
import { Icon } from '../../shared/icons.tsx';
import type { Waiting } from '../../shared/mount.tsx';
import { NoticeBar, Page, plural, RetryCard } from '../../shared/parts.tsx';
import { Card } from './card.tsx';
import type { CatalogStore } from './catalog-store.ts';
import { FilterBar } from './filter-bar.tsx';
import './styles.css';

interface Props {
  bridge: Bridge;
  store: CartStore;
  catalog: CatalogStore;
  waiting: Waiting;
}

export function CatalogView({ bridge, store, catalog, waiting }: Props): VNode {
  if (!catalog.isFilled) {
    return (
      <Page name="catalog" store={store}>
        {waiting.failure === undefined ? <Bones /> : <RetryCard waiting={waiting} title="The products could not be shown" />}
      </Page>
    );
  }

  const { products } = catalog;
  return (
    <Page name="catalog" store={store}>
      <header class="top">
        <h1>Products</h1>
        <CartButton bridge={bridge} store={store} />
      </header>
      <FilterBar catalog={catalog} money={amount => store.money(amount, catalog.currency)} />
      <NoticeBar notice={catalog.failure === undefined ? store.notice : { text: catalog.failure, isError: true }} />
      <p class="count muted small" role="status">
        {catalog.isLoading ? 'Looking …' : plural(catalog.total, 'product')}
      </p>
      {products.length === 0 && !catalog.isLoading ? (
        <NoMatch catalog={catalog} />
      ) : (
        <ul class="grid" aria-label="Products" aria-busy={catalog.isLoading}>
          {products.map(product => (
            <Card key={product.id} product={product} store={store} canBuy={bridge.canCall !== false} />
          ))}
        </ul>
      )}
      {catalog.hasMore && <MoreButton catalog={catalog} />}
    </Page>
  );
}

function CartButton({ bridge, store }: { bridge: Bridge; store: CartStore }): VNode | null {
  const { cart } = store;
  if (cart === undefined) return null;
  const total = store.money(cart.subtotal, cart.currency);
  return (
    <button type="button" class="button quiet cart-button" onClick={() => void followUp(bridge, store, 'Show my cart.')}>
      <Icon name="cart" />
      <span class="cart-count" key={cart.item_count}>
        {cart.item_count}
      </span>
      <span class="unseen">{`${cart.item_count === 1 ? 'item' : 'items'} in the cart, `}</span>
      <span class="amount">{total}</span>
      <span class="unseen">. Show my cart</span>
    </button>
  );
}

function MoreButton({ catalog }: { catalog: CatalogStore }): VNode {
  const [isWaiting, setWaiting] = useState(false);
  const more = async (): Promise<void> => {
    setWaiting(true);
    const first = catalog.products.length;
    await catalog.more();
    setWaiting(false);
    // The button moves down, or goes: reading goes on at the first new product.
    setTimeout(() => document.querySelectorAll<HTMLElement>('.grid > li')[first]?.focus({ preventScroll: true }), 0);
  };
  return (
    <button type="button" class="button quiet more-button" aria-disabled={isWaiting} onClick={() => isWaiting || void more()}>
      {isWaiting ? 'Loading …' : 'Show more'}
    </button>
  );
}

function NoMatch({ catalog }: { catalog: CatalogStore }): VNode {
  return (
    <div class="blank">
      <span class="badge">
        <Icon name="search" />
      </span>
      <h2>Nothing matches</h2>
      <p class="muted">Try other words, or take some filters away.</p>
      <button type="button" class="button quiet" onClick={() => catalog.change({ facets: {}, search: '', sort: catalog.filters.sort })}>
        Show all products
      </button>
    </div>
  );
}

function Bones(): VNode {
  return (
    <div aria-busy="true">
      <p class="unseen" role="status">
        Loading the products
      </p>
      <span class="bone" style="width:8rem;height:1.5rem;margin-bottom:16px" />
      <span class="bone" style="height:44px;margin-bottom:20px;border-radius:999px" />
      <div class="grid">
        {[0, 1, 2, 3].map(card => (
          <div key={card}>
            <span class="bone" style="aspect-ratio:1" />
            <span class="bone" style="height:1rem;margin:12px 0 6px;width:80%" />
            <span class="bone" style="height:1rem;width:40%" />
          </div>
        ))}
      </div>
    </div>
  );
}
