import { mount } from '../../shared/mount.tsx';
import { CheckoutView } from './checkout-view.tsx';
import { readOrder, type Order } from './order.ts';

mount('checkout', ({ bridge, store, waiting, redraw }) => {
  let order: Order | undefined;

  return {
    receive(result) {
      store.receive(result);
      const next = readOrder(result.structuredContent);
      // A cart that comes late must not hide the order that was made of it.
      if (next !== undefined && (next.orderId !== undefined || order?.orderId === undefined)) order = next;
      return next !== undefined;
    },
    isFilled: () => order !== undefined,
    async fetch() {
      order ??= readOrder(await store.refresh());
      redraw();
    },
    view: () => <CheckoutView bridge={bridge} store={store} order={order} waiting={waiting} />,
  };
});
