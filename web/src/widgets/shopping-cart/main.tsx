import { mount } from '../../shared/mount.tsx';
import { CartView } from './cart-view.tsx';

mount('shopping-cart', ({ bridge, store, waiting }) => ({
  receive: result => store.receive(result),
  isFilled: () => store.cart !== undefined,
  fetch: async () => void (await store.refresh()),
  view: () => <CartView bridge={bridge} store={store} waiting={waiting} />,
}));
