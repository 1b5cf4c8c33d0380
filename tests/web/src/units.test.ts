import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accept, noCart, readCart, type Cart } from '../../../web/src/shared/cart.ts';
import { CartStore } from '../../../web/src/shared/cart-store.ts';
import { formatMoney, fromMinor, toMinor } from '../../../web/src/shared/money.ts';
import { combine, OperationQueue, overlay, type Operation } from '../../../web/src/shared/operations.ts';
import { choose, readListing, type Product } from '../../../web/src/widgets/product-catalog/listing.ts';
import { readOrder } from '../../../web/src/widgets/checkout/order.ts';
import type { ToolResult } from '../../../web/src/bridge/host.ts';

const eggs = { id: 'eggs', name: 'Eggs', price: 0.1, currency: 'USD' };
const milk = { id: 'milk', name: 'Milk', price: 3.79, currency: 'USD' };

/** A cart of eggs at 0.10. */
function cart(version: number, quantity: number, id = 'cart_a'): Cart {
  const total = fromMinor(10 * quantity, 'USD');
  const items = quantity === 0 ? [] : [{ product_id: 'eggs', name: 'Eggs', price: 0.1, quantity, line_total: total }];
  return { cart_id: id, version, currency: 'USD', items, item_count: quantity, subtotal: total };
}

const result = (shown: Cart): ToolResult => ({ structuredContent: shown });

test('Of one cart only a higher version is taken', () => {
  let state = accept(noCart, cart(2, 2));
  state = accept(state, cart(1, 1));
  state = accept(state, cart(2, 7));
  assert.equal(state.shown?.item_count, 2);
  assert.equal(accept(state, cart(3, 3)).shown?.item_count, 3);
});

test('Another cart is taken at any version, but not a repetition of the one before', () => {
  let state = accept(accept(noCart, cart(5, 5)), cart(1, 1, 'cart_b'));
  assert.equal(state.shown?.cart_id, 'cart_b');
  state = accept(state, cart(5, 5));
  assert.equal(state.shown?.cart_id, 'cart_b');
  assert.equal(accept(state, cart(6, 6)).shown?.cart_id, 'cart_a');
});

test('The answer to a call for a cart that is no longer shown is left alone', () => {
  const state = accept(accept(noCart, cart(5, 5)), cart(1, 1, 'cart_b'));
  assert.equal(accept(state, cart(6, 6), 'cart_a').shown?.cart_id, 'cart_b');
});

test('What is not a cart is not taken for one', () => {
  for (const other of [null, [], 'cart', {}, { products: [] }, { ...cart(1, 1), version: '1' }, { ...cart(1, 1), items: [null] }, { ...cart(1, 1), items: [{ product_id: 'eggs' }] }]) {
    assert.equal(readCart(other), undefined, JSON.stringify(other));
  }
});

test('Clicks over a snapshot add up in whole minor units', () => {
  const shown = overlay(cart(1, 2), [{ kind: 'add', product: eggs, quantity: 1 }, { kind: 'set', product: milk, quantity: 3 }]);
  assert.deepEqual(shown?.items.map(line => [line.product_id, line.quantity, line.line_total]), [['eggs', 3, 0.3], ['milk', 3, 11.37]]);
  assert.equal(shown?.subtotal, 11.67);
  assert.equal(shown?.item_count, 6);
  assert.deepEqual(overlay(cart(1, 2), [{ kind: 'set', product: eggs, quantity: 0 }])?.items, []);
});

test('A line that the shop does not count stays uncounted', () => {
  const retired: Cart = { ...cart(1, 2), item_count: 0, subtotal: 0, items: [{ ...cart(1, 2).items[0]!, line_total: 0, note: 'no longer sold; remove it' }] };
  const shown = overlay(retired, [{ kind: 'set', product: eggs, quantity: 0 }]);
  assert.deepEqual([shown?.item_count, shown?.subtotal, shown?.items], [0, 0, []]);
});

test('Operations on one product become one', () => {
  const add: Operation = { kind: 'add', product: eggs, quantity: 1 };
  const set: Operation = { kind: 'set', product: eggs, quantity: 5 };
  assert.deepEqual(combine(add, add), { ...add, quantity: 2 });
  assert.deepEqual(combine(set, add), { ...set, quantity: 6 });
  assert.deepEqual(combine(add, set), set);
  assert.equal(combine({ ...set, quantity: 99 }, add).quantity, 99);
});

test('Operations run one after the other, and those that wait are combined', async () => {
  const performed: [string, number][] = [];
  const settled: (() => void)[] = [];
  const queue = new OperationQueue(
    operation => {
      performed.push([operation.product.id, operation.quantity]);
      return new Promise(resolve => settled.push(() => resolve(() => undefined)));
    },
    () => undefined,
  );
  queue.push({ kind: 'add', product: eggs, quantity: 1 });
  queue.push({ kind: 'add', product: eggs, quantity: 1 });
  queue.push({ kind: 'add', product: milk, quantity: 1 });
  queue.push({ kind: 'add', product: eggs, quantity: 1 });
  assert.deepEqual(performed, [['eggs', 1]]);
  assert.equal(queue.pending.length, 3);
  for (let turn = 0; turn < 3; turn++) {
    settled[turn]?.();
    await new Promise(setImmediate);
  }
  assert.deepEqual(performed, [['eggs', 1], ['eggs', 2], ['milk', 1]]);
  assert.equal(queue.isBusy, false);
});

interface Sent {
  name: string;
  args: Record<string, unknown>;
}

function storeOn(answer: (sent: Sent, count: number) => ToolResult): { store: CartStore; sent: Sent[]; told: string[]; idle(): Promise<void> } {
  const sent: Sent[] = [];
  const told: string[] = [];
  let keys = 0;
  const host = {
    callTool: async (name: string, args: Record<string, unknown>): Promise<ToolResult> => {
      sent.push({ name, args });
      return answer({ name, args }, sent.length);
    },
    tellModel: (text: string) => void told.push(text),
    context: { locale: 'en-US' },
  };
  const store = new CartStore(host, () => undefined, () => `key-${++keys}`);
  const idle = async (): Promise<void> => {
    while (store.isBusy) await new Promise(setImmediate);
  };
  return { store, sent, told, idle };
}

test('A click is shown at once, sent with cart id, version and key, and corrected by the snapshot', async () => {
  const { store, sent, told, idle } = storeOn(() => result(cart(2, 4)));
  store.receive(result(cart(1, 2)));
  store.set(eggs, 3);
  assert.equal(store.cart?.item_count, 3);
  await idle();
  assert.equal(store.cart?.item_count, 4);
  assert.deepEqual(sent, [{ name: 'update_cart', args: { items: [{ product_id: 'eggs', quantity: 3 }], cart_id: 'cart_a', expected_version: 1, idempotency_key: 'key-1' } }]);
  assert.equal(told.length, 1);
});

test('A lost call is repeated once with the same key', async () => {
  const { store, sent, idle } = storeOn((_, count) => {
    if (count === 1) throw new Error('lost');
    return result(cart(2, 3));
  });
  store.receive(result(cart(1, 2)));
  store.add(eggs);
  await idle();
  assert.deepEqual(sent.map(({ name, args }) => [name, args['idempotency_key']]), [['add_to_cart', 'key-1'], ['add_to_cart', 'key-1']]);
  assert.equal(store.notice, undefined);
});

test('A refusal restores the cart and says why', async () => {
  const { store, told, idle } = storeOn(() => ({ isError: true, content: [{ type: 'text', text: 'Only 2 left.' }] }));
  store.receive(result(cart(1, 2)));
  store.add(eggs);
  await idle();
  assert.equal(store.cart?.item_count, 2);
  assert.deepEqual(store.notice, { text: 'Only 2 left.', isError: true });
  assert.deepEqual(told, []);
});

test('A result during a call waits for the call, so that a click never counts twice', async () => {
  let release!: (answer: ToolResult) => void;
  const { store, idle } = storeOn(() => new Promise<ToolResult>(resolve => (release = resolve)) as unknown as ToolResult);
  store.receive(result(cart(1, 2)));
  store.add(eggs);
  await new Promise(setImmediate);
  store.receive(result(cart(2, 3)));
  assert.equal(store.cart?.item_count, 3);
  release(result(cart(2, 3)));
  await idle();
  assert.equal(store.cart?.item_count, 3);
});

test('Only ids of carts are taken for the id of a cart', async () => {
  const { store } = storeOn(() => result(cart(1, 1)));
  for (const other of [undefined, 7, '', 'a0b1c2d3-e4f5-6789-abcd-ef0123456789', 'widget-session-1']) store.suggestCart(other);
  assert.equal(store.cartId, undefined);
  store.suggestCart('cart_21nyecqghvmqx2g9xhzc1rq2kt');
  assert.equal(store.cartId, 'cart_21nyecqghvmqx2g9xhzc1rq2kt');
});

test('A remembered cart that has expired gives way to the conversation\'s', async () => {
  const { store, sent } = storeOn(({ args }) => (args['cart_id'] === undefined ? result(cart(1, 1)) : { isError: true }));
  store.suggestCart('cart_21nyecqghvmqx2g9xhzc1rq2kt');
  await store.refresh();
  assert.deepEqual(sent.map(({ args }) => args), [{ cart_id: 'cart_21nyecqghvmqx2g9xhzc1rq2kt' }, {}]);
  assert.equal(store.cartId, 'cart_a');
});

test('Money is written as the locale writes it, with the places of its currency', () => {
  assert.equal(formatMoney(1234.5, 'USD', 'en-US'), '$1,234.50');
  assert.equal(formatMoney(1234, 'JPY', 'ja-JP').normalize('NFKC'), '¥1,234');
  assert.equal(formatMoney(1.5, 'KWD', 'en-US').replace(/\s/u, ' '), 'KWD 1.500');
  assert.equal(formatMoney(1234.5, 'EUR', 'de-DE').replace(/\s/u, ' '), '1.234,50 €');
  assert.equal(formatMoney(2, 'USD', 'not a locale').includes('2'), true);
  assert.equal(formatMoney(2, 'not a currency', 'en-US'), '2 not a currency');
  assert.deepEqual([toMinor(1234, 'JPY'), toMinor(4.35, 'USD'), toMinor(1.005, 'KWD')], [1234, 435, 1005]);
});

const products: Product[] = [
  { id: 'a', name: 'Crème brûlée', price: 5, currency: 'USD', description: 'Sweet', in_stock: true, diet: ['Vegetarian', 'Gluten-Free'] },
  { id: 'b', name: 'Bread', price: 4, currency: 'USD', description: 'Goes with creme', in_stock: true, diet: 'Vegan' },
  { id: 'c', name: 'Eggs', price: 3, currency: 'USD', description: 'A dozen', in_stock: true },
];
const filters = { facets: {}, search: '', sort: '' as const };
const ids = (found: Product[]): string => found.map(product => product.id).join('');

test('A whole catalogue is filtered here as the shop would', () => {
  assert.equal(ids(choose(products, filters, ['diet'])), 'abc');
  assert.equal(ids(choose(products, { ...filters, search: 'CREME' }, ['diet'])), 'ab');
  assert.equal(ids(choose(products, { ...filters, search: 'sweet bru' }, ['diet'])), 'a');
  assert.equal(ids(choose(products, { ...filters, search: 'vegan' }, ['diet'])), 'b');
  assert.equal(ids(choose(products, { ...filters, facets: { diet: ['Vegan', 'Gluten-Free'] } }, ['diet'])), 'ab');
  assert.equal(ids(choose(products, { ...filters, min: 4, max: 4.5 }, ['diet'])), 'b');
  assert.equal(ids(choose(products, { ...filters, sort: 'price_asc' }, ['diet'])), 'cba');
  assert.equal(ids(choose(products, { ...filters, sort: 'name' }, ['diet'])), 'bac');
});

test('A listing is read with the filters that the conversation asked for', () => {
  const structuredContent = { products, filters: { diet: ['Vegan'] }, initialFilters: { diet: ['Vegan'], search: 'b', max_price: 9, sort: 'name' }, total: 3 };
  const listing = readListing({ structuredContent, _meta: { catalog: products } });
  assert.deepEqual(listing?.filters, { facets: { diet: ['Vegan'] }, search: 'b', min: undefined, max: 9, sort: 'name' });
  assert.equal(listing?.catalog?.length, 3);
  assert.equal(readListing(result(cart(1, 1))), undefined);
});

test('An order has its total from minor units, and no link but one to the web', () => {
  const order = { items: [], order_id: 'o', amount: 2472, currency: 'USD' };
  assert.equal(readOrder({ ...order, checkout_url: 'https://shop.example/checkout/x' })?.url, 'https://shop.example/checkout/x');
  assert.equal(readOrder({ ...order, checkout_url: 'javascript:alert(1)' })?.url, undefined);
  assert.equal(readOrder(order)?.total, 24.72);
  assert.equal(readOrder({ ...order, currency: 'JPY' })?.total, 2472);
  assert.equal(readOrder(cart(1, 2))?.orderId, undefined);
  assert.equal(readOrder({ products: [] }), undefined);
});
