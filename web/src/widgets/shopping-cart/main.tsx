import { mountShop } from '../../shared/mount-shop.tsx';
import { CartView } from './cart-view.tsx';

mountShop('shopping-cart', ({ bridge, store, waiting }) => ({
  receive: result => store.receive(result),
  isFilled: () => store.cart !== undefined,
  fetch: async () => void (await store.refresh()),
  view: () => <CartView bridge={bridge} store={store} waiting={waiting} />,
}));
