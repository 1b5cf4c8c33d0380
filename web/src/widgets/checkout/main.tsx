import { mountShop } from '../../shared/mount-shop.tsx';
import { CheckoutStore } from './checkout-store.ts';
import { CheckoutView } from './checkout-view.tsx';

mountShop('checkout', ({ bridge, store, waiting, redraw }) => {
  const checkout = new CheckoutStore(bridge, store, redraw);
  return {
    receive: result => checkout.receive(result),
    isFilled: () => checkout.order !== undefined,
    fetch: () => checkout.fetch(),
    view: () => <CheckoutView bridge={bridge} store={store} checkout={checkout} waiting={waiting} />,
    keep: () => checkout.kept,
  };
});
