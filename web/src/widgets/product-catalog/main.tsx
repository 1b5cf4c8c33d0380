import { mountShop } from '../../shared/mount-shop.tsx';
import { CatalogStore } from './catalog-store.ts';
import { CatalogView } from './catalog-view.tsx';

mountShop('product-catalog', ({ bridge, store, waiting, redraw }) => {
  const catalog = new CatalogStore(bridge, redraw);
  let hasLooked = false;

  // The lines' quantities and the cart's total are nice to have: without an answer the products are shown all the same.
  const lookIntoCart = (): void => {
    if (hasLooked) return;
    hasLooked = true;
    store.refresh().catch(() => undefined);
  };

  return {
    receive(result) {
      if (catalog.receive(result, bridge.remembered['view'])) {
        lookIntoCart();
        return true;
      }

      return store.receive(result);
    },
    isFilled: () => catalog.isFilled,
    async fetch() {
      const { cursor: _, ...args } = bridge.input ?? {};
      await catalog.fetch(args);
      lookIntoCart();
    },
    view: () => <CatalogView bridge={bridge} store={store} catalog={catalog} waiting={waiting} />,
    keep: () => catalog.keep(),
  };
});
