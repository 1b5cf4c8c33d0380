import assert from 'node:assert/strict';

import type { Browser, Page } from 'playwright-core';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { startShop, type Shop } from '../../node/src/server.js';
import { eventually, launch, Visitor } from './visitor.js';

const salesKey = 'a-key-of-the-playground';
const groceries = { eggs: 2, milk: 1, avocados: 2, tomatoes: 3 };

let shop: Shop;
let browser: Browser;
let visitor: Visitor;
before(async () => {
  shop = await startShop({ CARTWRIGHT_SALES_KEY: salesKey });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});
afterEach(async () => {
  await visitor.close();
  assert.deepEqual(visitor.complaints, [], 'the browser complained');
});

/** Walks the guided line; the clicks are two avocados in the catalogue. */
async function walk(): Promise<void> {
  await visitor.chip(0).click();
  const catalog = visitor.widget(0);
  await catalog.getByRole('heading', { name: 'Eggs', exact: true }).waitFor();
  await visitor.chip(1).click();
  await visitor.widget(1).getByRole('spinbutton', { name: 'How many Eggs' }).waitFor();
  assert.equal(await visitor.page.locator('.chip.next').innerText(), '3\nClick + in a widget');
  await catalog.getByRole('button', { name: 'Add Avocados to the cart' }).click();
  await catalog.getByRole('button', { name: 'One more Avocados' }).click();
  await eventually(() => visitor.cart(), { eggs: 2, milk: 1, avocados: 2 });
  await visitor.page.locator('.chip.next', { hasText: 'Tomatoes' }).click();
  await visitor.widget(2).getByRole('spinbutton', { name: 'How many Tomatoes' }).waitFor();
  await visitor.page.locator('.chip.next', { hasText: 'Show the cart' }).click();
  await visitor.widget(3).getByText('8 items', { exact: true }).waitFor();
}

for (const host of ['MCP Apps', 'ChatGPT']) {
  for (const revision of ['2026-07-28', '2025-11-25']) {
    test(`The tour in ${host} over ${revision} ends with the cart that was asked for and clicked`, async () => {
      visitor = await Visitor.open(browser, shop.endpoint);
      await visitor.choose('Host', host);
      await visitor.page.getByLabel('Protocol revision').selectOption(revision);
      await walk();
      assert.deepEqual(await visitor.cart(), groceries);
      await visitor.page.locator('.chip.next', { hasText: 'Check out' }).waitFor();

      const log = await visitor.log();
      for (const entry of ['model → shop: tools/call list_products', 'model → shop: tools/call add_to_cart', 'widget → host: ui/initialize', 'host → widget: ui/notifications/tool-result', 'host → shop: tools/call add_to_cart']) {
        assert.ok(log.includes(entry), `${entry} is not in the log:\n${log.join('\n')}`);
      }

      assert.equal(log.includes('host → shop: initialize'), revision === '2025-11-25');
      assert.equal(log.includes('host → shop: server/discover'), true);
      assert.equal(log.some(entry => entry.includes('window.openai.setWidgetState')), host === 'ChatGPT');
    });
  }
}

for (const host of ['MCP Apps', 'ChatGPT']) {
  test(`The tour in ${host} goes on to the purchase: page, receipt, paid order, and the conversation after it`, async () => {
    visitor = await Visitor.open(browser, shop.endpoint);
    const sold = await soldToday();
    await visitor.choose('Host', host);
    await visitor.chip(1).click();
    await visitor.widget(0).getByText('3 items', { exact: true }).waitFor();
    await visitor.page.locator('.chip', { hasText: 'Check out' }).click();
    const checkout = visitor.widget(1);
    const tab = await visitor.opened(() => checkout.getByRole('button', { name: /^Pay \$/ }).click());
    await tab.getByRole('heading', { name: 'Contact and delivery' }).waitFor();
    assert.equal(await tab.evaluate(() => window.opener === null && document.referrer === ''), true, 'the tab knows where it came from');
    await introduce(tab);
    await tab.getByRole('button', { name: 'Approve', exact: true }).click();
    await tab.getByRole('heading', { name: 'Thank you, your order is paid' }).waitFor();
    await tab.close();
    assert.deepEqual(await soldToday(), { orders: sold.orders + 1, units: sold.units + 3 }, 'the purchase is not among the sales at once');

    await checkout.getByRole('heading', { name: 'Your order is paid' }).waitFor();
    await visitor.page.locator('.chip.next', { hasText: 'Ask about the order' }).click();
    await visitor.turn(2).getByText('get_order').first().waitFor();
    const told = await (await visitor.openView(2, 'structuredContent')).textContent();
    assert.equal((JSON.parse(told ?? '') as { order: { status: string } }).order.status, 'paid');
    await visitor.page.getByRole('button', { name: 'Start over' }).waitFor();
    assert.deepEqual(await visitor.cart(), {});

    // Buying empties the cart, and the conversation goes on with it.
    await visitor.chip(3).click();
    await visitor.widget(3).getByText('3 items', { exact: true }).waitFor();
    await checkout.getByRole('button', { name: 'Keep shopping' }).click();
    await visitor.widget(4).getByRole('heading', { name: 'Eggs', exact: true }).waitFor();
  });
}

test('A decline on the page is shown in the conversation, and the next try pays', async () => {
  visitor = await Visitor.open(browser, shop.endpoint);
  await visitor.chip(1).click();
  await visitor.widget(0).getByRole('button', { name: 'Checkout' }).click();
  const checkout = visitor.widget(1);
  const tab = await visitor.opened(() => checkout.getByRole('button', { name: /^Pay \$/ }).click());
  await introduce(tab);
  await tab.getByRole('button', { name: 'Decline', exact: true }).click();
  await tab.getByText('The payment did not go through.').waitFor();
  await checkout.getByRole('button', { name: /^Try again/ }).waitFor();
  await tab.getByRole('button', { name: 'Pending', exact: true }).click();
  await tab.getByRole('heading', { name: 'Thank you, your order is paid' }).waitFor();
  await checkout.getByRole('heading', { name: 'Your order is paid' }).waitFor();
  assert.deepEqual(await visitor.cart(), {});
});

test('A browser that blocks the tab leaves a link to it', async () => {
  visitor = await Visitor.open(browser, shop.endpoint);
  await visitor.chip(1).click();
  await visitor.widget(0).getByRole('button', { name: 'Checkout' }).click();
  await visitor.page.evaluate(() => {
    window.open = () => null;
  });
  const checkout = visitor.widget(1);
  await checkout.getByRole('button', { name: /^Pay \$/ }).click();
  const tab = await visitor.opened(() => checkout.getByRole('link', { name: 'Open it yourself' }).click());
  // Not in the widget's sandbox: the forms work.
  await introduce(tab);
  await tab.getByRole('button', { name: 'Approve', exact: true }).waitFor();
});

/** What the back office says of today, over REST. */
async function soldToday(): Promise<{ orders: number; units: number }> {
  const response = await fetch(new URL('/sales/mcp/tools/call', shop.endpoint), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${salesKey}` },
    body: JSON.stringify({ name: 'sales_between', arguments: { date_start: 'yesterday', date_end: 'today' } }),
  });
  assert.equal(response.status, 200);
  const { totals } = (await response.json()) as { totals: { orders: number; units: number }[] };
  assert.equal(totals.length, 1);
  return { orders: totals[0]?.orders ?? NaN, units: totals[0]?.units ?? NaN };
}

/** Fills in the first step of the checkout page. */
async function introduce(tab: Page): Promise<void> {
  const details = { Email: 'ada@example.com', 'Full name': 'Ada Lovelace', 'Street and house number': '12 Analytical Row', 'Town or city': 'London', 'Postal code': 'N1 9GU' };
  for (const [label, text] of Object.entries(details)) await tab.getByLabel(label).fill(text);
  await tab.getByLabel('Country').selectOption('GB');
  await tab.getByRole('button', { name: 'Continue to payment' }).click();
  await tab.getByRole('heading', { name: 'Payment', exact: true }).waitFor();
}

test('Without the conversation id the cart id alone holds the conversation together', async () => {
  visitor = await Visitor.open(browser, shop.endpoint);
  await visitor.page.getByLabel('told to the shop').uncheck();
  await visitor.chip(1).click();
  await visitor.widget(0).getByRole('button', { name: 'One more Milk' }).click();
  await eventually(() => visitor.cart(), { eggs: 2, milk: 2 });
  await visitor.chip(3).click();
  await visitor.widget(1).getByText('7 items', { exact: true }).waitFor();
  assert.deepEqual(await visitor.cart(), { eggs: 2, milk: 2, tomatoes: 3 });
});

test('Reloading the page loses nothing: not the turns, not the cart, not the step', async () => {
  visitor = await Visitor.open(browser, shop.endpoint);
  await visitor.chip(0).click();
  await visitor.chip(1).click();
  await visitor.widget(1).getByRole('button', { name: 'One more Milk' }).click();
  await eventually(() => visitor.cart(), { eggs: 2, milk: 2 });
  const before = await visitor.conversation();
  await visitor.page.reload();
  await visitor.widget(1).getByText('4 items', { exact: true }).waitFor();
  await visitor.widget(0).getByRole('button', { name: /^4 items in the cart/ }).waitFor();
  assert.equal((await visitor.conversation()).id, before.id);
  assert.equal(await visitor.page.locator('.chip.next').innerText(), '4\nAdd 3 Tomatoes');
  await visitor.chip(3).click();
  await visitor.widget(2).getByText('7 items', { exact: true }).waitFor();
  assert.deepEqual(await visitor.cart(), { eggs: 2, milk: 2, tomatoes: 3 });
});

for (const host of ['MCP Apps', 'ChatGPT']) {
  test(`A widget that is mounted again without its result finds its cart in ${host}`, async () => {
    visitor = await Visitor.open(browser, shop.endpoint);
    await visitor.choose('Host', host);
    await visitor.chip(1).click();
    await visitor.widget(0).getByRole('button', { name: 'One more Eggs' }).click();
    await eventually(() => visitor.cart(), { eggs: 3, milk: 1 });
    const results = async (): Promise<number> => (await visitor.log()).filter(entry => entry.endsWith('ui/notifications/tool-result')).length;
    const sent = await results();
    await visitor.page.getByRole('button', { name: 'Reload widget' }).click();
    // The old frame stays until the widget has taken leave.
    await eventually(async () => (await visitor.log()).filter(entry => entry.endsWith('ui/initialize')).length, 2);
    await visitor.widget(0).getByText('4 items', { exact: true }).waitFor();
    assert.equal(await results(), sent, 'the widget was told its result');
    assert.deepEqual(await visitor.cart(), { eggs: 3, milk: 1 });
  });
}

test('A new conversation has an empty cart and no turns', async () => {
  visitor = await Visitor.open(browser, shop.endpoint);
  await visitor.chip(1).click();
  await visitor.widget(0).getByText('3 items', { exact: true }).waitFor();
  const before = await visitor.conversation();
  await visitor.page.getByRole('button', { name: 'New conversation' }).click();
  await eventually(() => visitor.page.locator('.turn').count(), 0);
  await visitor.chip(4).click();
  await visitor.widget(0).getByText('Your cart is empty').waitFor();
  const after = await visitor.conversation();
  assert.notEqual(after.id, before.id);
  assert.notEqual(after.cartId, before.cartId);
  assert.deepEqual(await visitor.cart(), {});
});

test('What a widget says becomes a turn, and is answered', async () => {
  visitor = await Visitor.open(browser, shop.endpoint);
  for (const [index, host] of ['MCP Apps', 'ChatGPT'].entries()) {
    await visitor.choose('Host', host);
    await visitor.page.getByRole('button', { name: 'New conversation' }).click();
    await visitor.chip(0).click();
    await visitor.widget(0).getByRole('button', { name: /items? in the cart/ }).click();
    await visitor.turn(1).getByText('Show my cart.').waitFor();
    await visitor.turn(1).getByText('said by the widget').waitFor();
    await visitor.widget(1).getByText('Your cart is empty').waitFor();
    assert.equal(await visitor.page.locator('.turn').count(), 2, `${index}`);
  }
});

test('Messages of the shopper are understood as far as the page promises', async () => {
  visitor = await Visitor.open(browser, shop.endpoint);
  const say = async (text: string): Promise<void> => {
    await visitor.page.getByLabel('Message').fill(text);
    await visitor.page.keyboard.press('Enter');
  };
  await say('Add two eggs, a bread and 3 tomatoes to my cart, please');
  await say('show my cart');
  await visitor.widget(1).getByText('6 items', { exact: true }).waitFor();
  assert.deepEqual(await visitor.cart(), { eggs: 2, bread: 1, tomatoes: 3 });
  await say('find milk');
  await visitor.widget(2).getByRole('heading', { name: 'Milk', exact: true }).waitFor();
  await say('What is the meaning of life?');
  await visitor.turn(3).getByText('There is no model behind this page').waitFor();
});
