import assert from 'node:assert/strict';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { Stage } from './stage.js';
import type { Dialect } from './host/wire.js';
import { quantitiesOf, type Conversation } from './conversation.js';
import type { HostPage } from './host-page.js';
import { eventually, quantityField } from './expect.js';

const dialects: Dialect[] = ['mcp-apps', 'openai', 'both'];
const groceryList = { eggs: 2, milk: 1, avocados: 2, tomatoes: 3 };

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(() => stage.closeWindows());

async function showCart(host: HostPage, conversation: Conversation): Promise<void> {
  await host.show({ conversation, tool: 'show_cart', result: await conversation.call('show_cart') });
}

for (const dialect of dialects) {
  test(`The demo conversation ends in the whole grocery list (${dialect})`, async () => {
    const conversation = await stage.converse(dialect);
    const host = await stage.openWindow();
    const added = await conversation.call('add_to_cart', { items: [{ name: 'Eggs', quantity: 2 }, { name: 'Milk' }] });
    await host.show({ conversation, tool: 'add_to_cart', result: added });
    await host.widget.getByRole('spinbutton', { name: 'How many Eggs' }).waitFor();
    assert.equal(await host.widget.getByRole('spinbutton', { name: 'How many Eggs' }).inputValue(), '2');

    await host.show({ conversation, tool: 'list_products', result: await conversation.call('list_products') });
    await host.widget.getByRole('button', { name: 'Add Avocados to the cart' }).click();
    await host.widget.getByRole('button', { name: 'One more Avocados' }).click();
    await host.widget.getByRole('button', { name: /^5 items in the cart/ }).waitFor();
    await eventually(() => conversation.quantities(), { eggs: 2, milk: 1, avocados: 2 });

    await conversation.call('add_to_cart', { items: [{ product_id: 'tomatoes', quantity: 3 }] });
    await showCart(host, conversation);
    await host.widget.getByRole('spinbutton', { name: 'How many Tomatoes' }).waitFor();
    assert.deepEqual(quantitiesOf(await conversation.callForCart('show_cart')), groceryList);
  });
}

for (const dialect of ['mcp-apps', 'openai'] as const) {
  test(`Quantities change by click, by arrow key and by typing (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    const eggs = host.widget.getByRole('spinbutton', { name: 'How many Eggs' });
    await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
    await eventually(() => conversation.quantities(), { eggs: 3, milk: 1 });
    await eggs.focus();
    await host.page.keyboard.press('ArrowUp');
    await eventually(() => conversation.quantities(), { eggs: 4, milk: 1 });
    await host.page.keyboard.press('ArrowDown');
    await eventually(() => conversation.quantities(), { eggs: 3, milk: 1 });
    await eggs.fill('12');
    await host.page.keyboard.press('Enter');
    await eventually(() => conversation.quantities(), { eggs: 12, milk: 1 });
    await host.page.keyboard.press('Tab');
    await host.page.keyboard.press('Space');
    await eventually(() => conversation.quantities(), { eggs: 13, milk: 1 });
    await eventually(() => host.widget.locator(':focus').getAttribute('aria-label'), 'One more Eggs');
    await eventually(() => host.widget.getByTestId('subtotal').innerText(), '$59.56');
  });

  test(`A removed line can be brought back from the keyboard (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    await host.widget.getByRole('button', { name: 'Remove Milk from the cart' }).focus();
    await host.page.keyboard.press('Enter');
    await eventually(() => conversation.quantities(), { eggs: 2 });
    await eventually(() => host.widget.locator(':focus').innerText(), 'Undo');
    await host.page.keyboard.press('Enter');
    await eventually(() => conversation.quantities(), { eggs: 2, milk: 1 });
    await host.widget.getByRole('button', { name: 'Remove Milk', exact: true }).waitFor();
    assert.equal(await host.widget.getByRole('button', { name: 'Undo' }).count(), 0);
  });

  test(`An emptied cart says so and leads to the products (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    await host.widget.getByRole('button', { name: 'Remove Eggs from the cart' }).click();
    await host.widget.getByRole('button', { name: 'Remove Milk from the cart' }).click();
    await host.widget.getByRole('heading', { name: 'Your cart is empty' }).waitFor();
    await eventually(() => conversation.quantities(), {});
    await host.widget.getByRole('button', { name: 'Browse products' }).click();
    await eventually(async () => (await host.log()).messages, ['Show me the products.']);
  });

  test(`The model learns what was clicked, and checkout is asked for in words (${dialect})`, async () => {
    const { host } = await begin(dialect);
    await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
    await eventually(async () => (await host.log()).modelContexts.length, 1);
    assert.match(String((await host.log()).modelContexts[0]), /^The shopper changed the cart by hand: 3 × Eggs \(eggs\)\. The cart \S+ is now at version 2 with 4 items, subtotal \$16\.66\.$/);
    await host.widget.getByRole('button', { name: 'Checkout' }).click();
    await eventually(async () => (await host.log()).messages, ['I would like to check out my cart.']);
  });

  test(`A page that is loaded again half-way loses nothing (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    await host.show({ conversation, tool: 'list_products', result: await conversation.call('list_products') });
    await host.widget.getByRole('button', { name: 'Add Avocados to the cart' }).click();
    await eventually(() => conversation.quantities(), { eggs: 2, milk: 1, avocados: 1 });
    await host.page.reload();
    await host.show({ conversation, tool: 'list_products', result: null });
    await eventually(quantityField(host, 'Avocados'), '1');
    await host.widget.getByRole('button', { name: 'One more Avocados' }).click();
    await eventually(() => conversation.quantities(), { eggs: 2, milk: 1, avocados: 2 });
    await host.widget.getByRole('button', { name: /^5 items in the cart/ }).click();
    await eventually(async () => (await host.log()).messages, ['Show my cart.']);
  });

  test(`Two windows on one cart agree after the next call (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    const other = await stage.openWindow();
    await showCart(other, conversation);
    await eventually(quantityField(other, 'Eggs'), '2');
    await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
    await eventually(() => conversation.quantities(), { eggs: 3, milk: 1 });
    await other.widget.getByRole('button', { name: 'One more Milk' }).click();
    await eventually(() => conversation.quantities(), { eggs: 3, milk: 2 });
    await eventually(quantityField(other, 'Eggs'), '3');
    await eventually(quantityField(other, 'Milk'), '2');
    await showCart(host, conversation);
    await eventually(quantityField(host, 'Milk'), '2');
  });

  test(`Filters start as the conversation asked, and are the shopper's to change (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    const args = { aisle: 'Bakery' };
    const result = await conversation.call('list_products', args);
    await host.show({ conversation, tool: 'list_products', args, result });
    const names = (): Promise<string[]> => host.widget.locator('.card h2').allInnerTexts();
    const { products } = result['structuredContent'] as { products: { name: string }[] };
    await eventually(names, products.map(product => product.name));
    await host.widget.getByRole('button', { name: 'Bakery' }).click();
    await eventually(() => host.widget.locator('.count').innerText(), '33 products');
    await host.widget.getByRole('searchbox', { name: 'Search the products' }).fill('tomat');
    await eventually(names, ['Tomatoes']);
    // The same result once more does not undo what the shopper chose.
    await host.sendResult(result);
    await eventually(names, ['Tomatoes']);
    await host.widget.getByRole('searchbox').fill('no such thing');
    await host.widget.getByRole('button', { name: 'Show all products' }).click();
    await eventually(async () => (await names()).length, 12);
    await host.widget.getByRole('button', { name: 'Show more' }).click();
    await eventually(async () => (await names()).length, 24);
    await host.widget.getByRole('button', { name: 'Filters' }).click();
    await host.widget.getByLabel('Sort by').selectOption('price_desc');
    await eventually(async () => (await names())[0], 'Coffee Beans');
    assert.deepEqual((await host.log()).calls.filter(call => call.name === 'list_products'), []);
  });

  test(`A catalogue that does not travel whole is filtered and paged by the shop (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    const withoutCatalog = (result: Record<string, unknown>): Record<string, unknown> => {
      const { catalog: _, ...meta } = result['_meta'] as Record<string, unknown>;
      return { ...result, _meta: meta };
    };
    const intercept = async (_call: unknown, proceed: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> => {
      const result = await proceed();
      return result['_meta'] === undefined ? result : withoutCatalog(result);
    };
    await host.show({ conversation, tool: 'list_products', result: withoutCatalog(await conversation.call('list_products')), intercept });
    const count = (): Promise<number> => host.widget.locator('.card').count();
    await eventually(count, 12);
    await host.widget.getByRole('button', { name: 'Show more' }).click();
    await host.widget.getByRole('button', { name: 'Show more' }).click();
    await eventually(count, 33);
    assert.equal(await host.widget.getByRole('button', { name: 'Show more' }).count(), 0);
    await host.widget.getByRole('button', { name: 'Bakery' }).click();
    await host.widget.getByRole('searchbox').fill('bagel');
    await eventually(() => host.widget.locator('.card h2').allInnerTexts(), ['Sesame Bagels']);
    const calls = (await host.log()).calls.filter(call => call.name === 'list_products');
    assert.deepEqual(calls.at(-1)?.args, { aisle: ['Bakery'], search: 'bagel', limit: 24 });
  });
}

async function begin(dialect: Dialect): Promise<{ conversation: Conversation; host: HostPage }> {
  const [conversation, host] = await Promise.all([stage.converse(dialect), stage.openWindow()]);
  const result = await conversation.call('add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }, { product_id: 'milk' }] });
  await host.show({ conversation, tool: 'add_to_cart', result });
  await eventually(quantityField(host, 'Eggs'), '2');
  return { conversation, host };
}
