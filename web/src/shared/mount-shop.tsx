import { CartStore } from './cart-store.ts';
import { mount, type Mounted, type Widget } from './mount.tsx';

/** A widget beside which there is always the shopper's cart. */
interface ShopWidget extends Pick<Widget, 'receive' | 'isFilled' | 'fetch' | 'view'> {
  /** What of the view is worth keeping for the next mount. */
  keep?(): unknown;
}

/** Connects a widget of the shop with its host, and the cart with both. */
export function mountShop(name: string, create: (mounted: Mounted & { store: CartStore }) => ShopWidget): void {
  mount(name, mounted => {
    const store = new CartStore(mounted.bridge, mounted.redraw);
    const widget = create({ ...mounted, store });
    return {
      ...widget,
      fail: text => store.fail(text),
      hint: facts => store.suggestCart(facts['cart_id']),
      leave: () => store.leave(),
      keep() {
        const { snapshot } = store;
        if (snapshot === undefined && widget.keep === undefined) return undefined;
        return { cart_id: store.cartId, version: snapshot?.version, view: widget.keep?.() };
      },
    };
  });
}
