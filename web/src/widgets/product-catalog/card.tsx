import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { quantityOf } from '../../shared/cart.ts';
import type { CartStore } from '../../shared/cart-store.ts';
import { Icon } from '../../shared/icons.tsx';
import { Picture, Stepper } from '../../shared/parts.tsx';
import type { Product } from './listing.ts';

/** One product, with a button that becomes a stepper once it is in the cart. */
export function Card({ product, store, canBuy }: { product: Product; store: CartStore; canBuy: boolean }): VNode {
  const quantity = quantityOf(store.cart, product.id);
  return (
    <li class="card" tabIndex={-1} data-product={product.id}>
      <div class="frame">
        <Picture src={product.image} name={product.name} />
        {!product.in_stock && <span class="tag">Sold out</span>}
      </div>
      <div class="what">
        <h2 class="name">
          {product.name}
        </h2>
        <p class="description muted small">
          {product.description}
        </p>
      </div>
      <p class="price">
        <span class="amount">{store.money(product.price, product.currency)}</span>
        {product.in_stock && <span class="stock small">In stock</span>}
      </p>
      {canBuy && <Buy product={product} quantity={quantity} store={store} />}
    </li>
  );
}

function Buy({ product, quantity, store }: { product: Product; quantity: number; store: CartStore }): VNode {
  const root = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  const isIn = quantity > 0;
  hadFocus.current = root.current?.contains(document.activeElement) === true;
  // Button and stepper take turns: focus goes to the one that has come, not back to the top of the page.
  useEffect(() => {
    if (hadFocus.current && root.current?.contains(document.activeElement) === false) {
      root.current.querySelector<HTMLElement>(isIn ? '.more' : '.add')?.focus();
    }
  }, [isIn]);
  return (
    <div class="buy" ref={root}>
      {isIn ? (
        <Stepper name={product.name} quantity={quantity} onChange={wanted => store.set(product, wanted)} onMore={() => store.add(product)} />
      ) : (
        <button
          type="button"
          class="button add"
          aria-disabled={!product.in_stock}
          aria-label={product.in_stock ? `Add ${product.name} to the cart` : `${product.name} is sold out`}
          onClick={() => product.in_stock && store.add(product)}
        >
          {product.in_stock && <Icon name="plus" />}
          {product.in_stock ? 'Add' : 'Sold out'}
        </button>
      )}
    </div>
  );
}
