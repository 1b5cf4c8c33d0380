import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';

import { test } from './limits.js';
import { callTool } from './rpc.js';
import { startShop } from './server.js';
import { asCart, textOf, type Cart, type JsonObject } from './shapes.js';

const groceryList = { eggs: 2, milk: 1, avocados: 2, tomatoes: 3 };

async function callForCart(endpoint: URL, tool: string, args: JsonObject, meta?: JsonObject): Promise<Cart> {
  const result = await callTool(endpoint, tool, args, meta);
  assert.notEqual(result['isError'], true, `${tool} failed: ${JSON.stringify(result['content'])}`);
  return asCart(result['structuredContent']);
}

function quantities(cart: Cart): Record<string, number> {
  return Object.fromEntries(cart.items.map(line => [line.product_id, line.quantity]));
}

test('The groceries conversation keeps its cart over a restart and for whoever holds the cart id', async t => {
  const shop = await startShop();
  t.after(() => shop.stop());
  const { endpoint } = shop;
  const conversation = { 'openai/session': `v1/${randomUUID()}` };

  const first = await callForCart(endpoint, 'add_to_cart', { items: [{ name: 'Eggs', quantity: 2 }] }, conversation);
  await callForCart(endpoint, 'add_to_cart', { items: [{ name: 'milk' }] }, conversation);
  // The widget knows the product id and the cart id; it sets quantities, it does not add.
  await callForCart(endpoint, 'update_cart', { cart_id: first.cart_id, items: [{ product_id: 'avocados', quantity: 2 }] }, conversation);
  await callForCart(endpoint, 'add_to_cart', { items: [{ product_id: 'tomatoes', quantity: 3 }] }, conversation);

  const before = await callForCart(endpoint, 'show_cart', {}, conversation);
  assert.deepEqual(quantities(before), groceryList);
  assert.equal(before.cart_id, first.cart_id);
  assert.equal(before.version, first.version + 3, 'four writes make four versions');

  await shop.restart();
  assert.deepEqual(await callForCart(endpoint, 'show_cart', {}, conversation), before, 'the conversation finds its cart after a restart');

  const elsewhere = await callForCart(endpoint, 'show_cart', { cart_id: before.cart_id });
  assert.deepEqual(elsewhere, before, 'the cart id alone opens the cart');

  const stranger = await callForCart(endpoint, 'show_cart', {}, { 'openai/session': `v1/${randomUUID()}` });
  assert.notEqual(stranger.cart_id, before.cart_id, 'another conversation has a cart of its own');
  assert.deepEqual(stranger.items, []);
});

test('A client that guesses cart ids gets an error and sees nothing', async t => {
  const shop = await startShop();
  t.after(() => shop.stop());
  const { cart_id: real } = await callForCart(shop.endpoint, 'add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }] });

  const last = real.at(-1) === 'A' ? 'B' : 'A';
  const guesses = [
    '1',
    '',
    real.slice(0, -1),
    real.slice(0, -1) + last,
    `${real}%`,
    `${real} `,
    "' OR '1'='1",
    randomUUID(),
    randomBytes(16).toString('hex'),
    randomBytes(16).toString('base64url'),
  ];
  for (const guess of guesses) {
    for (const [tool, args] of [
      ['show_cart', {}],
      ['add_to_cart', { items: [{ product_id: 'milk' }] }],
      ['update_cart', { items: [{ product_id: 'eggs', quantity: 0 }] }],
    ] as const) {
      const result = await callTool(shop.endpoint, tool, { ...args, cart_id: guess });
      assert.equal(result['isError'], true, `${tool} accepted the cart id ${JSON.stringify(guess)}`);
      assert.equal(result['structuredContent'], undefined, `${tool} answered a cart to the cart id ${JSON.stringify(guess)}`);
      assert.ok(textOf(result['content']).length > 0);
      // The advice may repeat what was asked for, and some guesses contain the real id.
      if (!guess.includes(real)) assert.ok(!JSON.stringify(result).includes(real), `${tool} gave the real id away`);
    }
  }

  const untouched = await callForCart(shop.endpoint, 'show_cart', { cart_id: real });
  assert.deepEqual(quantities(untouched), { eggs: 2 }, 'no guess changed the cart');
});
