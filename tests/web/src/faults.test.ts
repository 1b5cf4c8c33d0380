import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { asCart, asObject } from '../../node/src/shapes.js';
import { Stage } from './stage.js';
import type { Dialect } from './host/wire.js';
import type { Conversation } from './conversation.js';
import type { HostPage } from './host-page.js';
import { eventually, quantityField } from './expect.js';

const dialects: Dialect[] = ['mcp-apps', 'openai'];

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(() => stage.closeWindows());

async function begin(dialect: Dialect, quantity = 2): Promise<{ conversation: Conversation; host: HostPage; added: Record<string, unknown> }> {
  const [conversation, host] = await Promise.all([stage.converse(dialect), stage.openWindow()]);
  return { conversation, host, added: await conversation.call('add_to_cart', { items: [{ product_id: 'eggs', quantity }] }) };
}

for (const dialect of dialects) {
  test(`A host that mounts the cart again without a result sees it all the same (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    await host.show({ conversation, tool: 'show_cart', result: null });
    await eventually(quantityField(host, 'Eggs'), '2');
  });

  test(`A host that lists products without a result gets them with the tool's input (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    await host.show({ conversation, tool: 'list_products', args: { search: 'milk', aisle: 'Dairy & Eggs' }, result: null });
    await host.widget.getByRole('heading', { name: 'Milk', exact: true }).waitFor();
    assert.equal(await host.widget.getByRole('searchbox').inputValue(), 'milk');
    assert.equal(await host.widget.getByRole('button', { name: 'Dairy & Eggs' }).getAttribute('aria-pressed'), 'true');
    assert.deepEqual((await host.log()).calls[0], { name: 'list_products', args: { search: 'milk', aisle: 'Dairy & Eggs' } });
  });

  test(`Asking for what was not sent fails at first, and succeeds on trying again (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    let isDown = true;
    const intercept = async (_call: unknown, proceed: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> => {
      if (isDown) throw new Error('down');
      return proceed();
    };
    await host.show({ conversation, tool: 'show_cart', result: null, intercept });
    await host.widget.getByRole('alert').getByText('Your cart could not be shown').waitFor();
    isDown = false;
    await host.widget.getByRole('button', { name: 'Try again' }).click();
    await eventually(quantityField(host, 'Eggs'), '2');
  });

  test(`Results that come twice, late or out of order never bring back an older cart (${dialect})`, async () => {
    const { conversation, host, added } = await begin(dialect);
    const second = await conversation.call('add_to_cart', { items: [{ product_id: 'eggs', quantity: 3 }] });
    await host.show({ conversation, tool: 'add_to_cart', result: second });
    await eventually(quantityField(host, 'Eggs'), '5');
    await host.sendResult(added);
    await host.sendResult(second);
    await host.sendResult({ structuredContent: { ok: true }, content: [] });
    await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
    await eventually(() => conversation.quantities(), { eggs: 6 });
    await host.sendResult(added);
    await delay(200);
    assert.equal(await quantityField(host, 'Eggs')(), '6');
  });

  test(`A call that fails says so and puts things back (${dialect})`, async () => {
    const { conversation, host, added } = await begin(dialect);
    const advice = 'Only 2 of Eggs are left: order 2 at most.';
    await host.show({
      conversation,
      tool: 'add_to_cart',
      result: added,
      intercept: async ({ name }, proceed) =>
        name === 'update_cart' ? { content: [{ type: 'text', text: advice }], isError: true } : proceed(),
    });
    await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
    await host.widget.getByRole('alert').getByText(advice).waitFor();
    assert.equal(await quantityField(host, 'Eggs')(), '2');
  });

  test(`A call that got lost is repeated under the same key and takes effect once (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    const keys: unknown[] = [];
    await host.show({
      conversation,
      tool: 'list_products',
      result: await conversation.call('list_products'),
      intercept: async ({ name, args }, proceed) => {
        const result = await proceed();
        if (name !== 'add_to_cart') return result;
        keys.push(args['idempotency_key']);
        if (keys.length === 1) throw new Error('the answer is lost');
        return result;
      },
    });
    await host.widget.getByRole('button', { name: 'Add Avocados to the cart' }).click();
    await eventually(async () => keys.length, 2);
    await eventually(() => conversation.quantities(), { eggs: 2, avocados: 1 });
    await host.widget.getByRole('button', { name: /^3 items in the cart/ }).waitFor();
    assert.equal(keys[0], keys[1]);
    assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
  });

  test(`A shop that does not answer at all is said to, and the cart is put back (${dialect})`, async () => {
    const { conversation, host, added } = await begin(dialect);
    await host.show({
      conversation,
      tool: 'add_to_cart',
      result: added,
      intercept: async () => {
        throw new Error('down');
      },
    });
    await host.widget.getByRole('button', { name: 'Remove Eggs from the cart' }).click();
    await host.widget.getByRole('alert').getByText('did not answer').waitFor();
    assert.equal(await quantityField(host, 'Eggs')(), '2');
  });

  test(`Clicks during a slow call are shown at once, wait, and become one call (${dialect})`, async () => {
    const { conversation, host, added } = await begin(dialect);
    let open!: () => void;
    const gate = new Promise<void>(resolve => (open = resolve));
    await host.show({
      conversation,
      tool: 'add_to_cart',
      result: added,
      intercept: async (_call, proceed) => {
        await gate;
        return proceed();
      },
    });
    const more = host.widget.getByRole('button', { name: 'One more Eggs' });
    for (let click = 0; click < 5; click++) await more.click();
    assert.equal(await quantityField(host, 'Eggs')(), '7');
    assert.equal((await host.log()).calls.length, 1);
    open();
    await eventually(() => conversation.quantities(), { eggs: 7 });
    assert.deepEqual((await host.log()).calls.map(({ args }) => args['items']), [[{ product_id: 'eggs', quantity: 3 }], [{ product_id: 'eggs', quantity: 7 }]]);
  });

  test(`A result that comes during a call neither hides nor doubles the click (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    let open!: () => void;
    const gate = new Promise<void>(resolve => (open = resolve));
    await host.show({
      conversation,
      tool: 'list_products',
      result: await conversation.call('list_products'),
      intercept: async ({ name }, proceed) => {
        const result = await proceed();
        if (name === 'add_to_cart') await gate;
        return result;
      },
    });
    await host.widget.getByRole('button', { name: /^2 items in the cart/ }).waitFor();
    await host.widget.getByRole('button', { name: 'Add Avocados to the cart' }).click();
    await eventually(() => conversation.quantities(), { eggs: 2, avocados: 1 });
    await host.sendResult(await conversation.call('show_cart'));
    await delay(100);
    assert.equal(await quantityField(host, 'Avocados')(), '1');
    open();
    await delay(100);
    assert.equal(await quantityField(host, 'Avocados')(), '1');
  });

  test(`What somebody else changed meanwhile is not overwritten unseen (${dialect})`, async () => {
    const { conversation, host, added } = await begin(dialect);
    await host.show({ conversation, tool: 'add_to_cart', result: added });
    await conversation.call('update_cart', { items: [{ product_id: 'eggs', quantity: 9 }] });
    await host.widget.getByRole('button', { name: 'One less Eggs' }).click();
    await host.widget.getByRole('alert').getByText('changed elsewhere').waitFor();
    assert.equal(await quantityField(host, 'Eggs')(), '9');
    // A change to another line does not get into the way.
    await conversation.call('add_to_cart', { items: [{ product_id: 'milk' }] });
    await host.widget.getByRole('button', { name: 'One less Eggs' }).click();
    await eventually(() => conversation.quantities(), { eggs: 8, milk: 1 });
    await eventually(quantityField(host, 'Milk'), '1');
  });

  test(`A refused link becomes a link to click (${dialect})`, async () => {
    const { conversation, host } = await begin(dialect);
    const url = `${stage.shop.endpoint.origin}/checkout/abc`;
    const cart = asCart((await conversation.call('show_cart'))['structuredContent']);
    const result = { structuredContent: { items: cart.items, order_id: 'ord_1', amount: 858, currency: 'USD', checkout_url: url }, content: [] };
    await host.show({ conversation, tool: 'ui://widget/checkout.html', result, refusesLinks: true });
    await host.widget.getByRole('button', { name: 'Pay $8.58' }).click();
    assert.equal(await host.widget.getByRole('link', { name: 'Open it yourself' }).getAttribute('href'), url);

    await host.show({ conversation, tool: 'ui://widget/checkout.html', result });
    await host.widget.getByRole('button', { name: 'Pay $8.58' }).click();
    await eventually(async () => (await host.log()).links, [url]);
    assert.equal(await host.widget.getByRole('link').count(), 0);
  });

  test(`A refused message tells the shopper what to write (${dialect})`, async () => {
    const { conversation, host, added } = await begin(dialect);
    await host.show({ conversation, tool: 'add_to_cart', result: added, refusesMessages: true });
    await host.widget.getByRole('button', { name: 'Checkout' }).click();
    await host.widget.getByRole('alert').getByText('check out my cart').waitFor();
  });
}

test('Clicks that still wait when the host takes the widget down reach the shop', async () => {
  const { conversation, host, added } = await begin('mcp-apps');
  await host.show({
    conversation,
    tool: 'add_to_cart',
    result: added,
    intercept: async (_call, proceed) => {
      await delay(300);
      return proceed();
    },
  });
  await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
  await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
  await host.teardown();
  await eventually(() => conversation.quantities(), { eggs: 4 });
});

test('A null toolOutput is made up for by the whole result in the metadata', async () => {
  const { conversation, host, added } = await begin('openai');
  await host.show({ conversation, tool: 'add_to_cart', result: added, globals: () => ({ toolOutput: null }) });
  await eventually(quantityField(host, 'Eggs'), '2');
  assert.deepEqual((await host.log()).calls, []);
});

test('A cancelled tool call shows the cart as it is', async () => {
  const { conversation, host } = await begin('mcp-apps');
  await host.show({ conversation, tool: 'add_to_cart', result: null });
  await host.widget.locator('main').waitFor();
  await host.cancel();
  await eventually(quantityField(host, 'Eggs'), '2');
});

test('A refused addition shows the advice over the cart as it is', async () => {
  const { conversation, host } = await begin('mcp-apps');
  const refused = await conversation.call('add_to_cart', { items: [{ product_id: 'egs' }] });
  assert.equal(refused['isError'], true);
  await host.show({ conversation, tool: 'add_to_cart', result: refused });
  await host.widget.getByRole('alert').getByText('egs').waitFor();
  await eventually(quantityField(host, 'Eggs'), '2');
});

test('Widget state is small, has no business data, and leads a new mount to its cart', async () => {
  const { conversation, host, added } = await begin('openai');
  await host.show({ conversation, tool: 'add_to_cart', result: added });
  await host.widget.getByRole('button', { name: 'One more Eggs' }).click();
  await eventually(() => conversation.quantities(), { eggs: 3 });
  await eventually(async () => JSON.stringify(host.mount.state).includes('"version":2'), true);
  const state = asObject(host.mount.state, 'widget state');
  assert.deepEqual(Object.keys(asObject(state['privateContent'], 'privateContent')).sort(), ['cart_id', 'version']);
  assert.match(String(state['modelContent']), /3 × Eggs/);
  assert.ok(JSON.stringify(state).length < 2048);

  // Another conversation would find another cart: only the kept id leads to this one.
  const other = await stage.converse('openai');
  await host.show({ conversation: other, tool: 'show_cart', result: null, state });
  await eventually(quantityField(host, 'Eggs'), '3');
});
