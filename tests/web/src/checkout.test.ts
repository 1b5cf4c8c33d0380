// The hosted checkout page in a browser window, and the widget that opens it and follows the order.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { asObject } from '../../node/src/shapes.js';
import { ada, type CheckoutTab } from './checkout-tab.js';
import type { Conversation, Result } from './conversation.js';
import { eventually } from './expect.js';
import type { HostPage } from './host-page.js';
import type { Dialect } from './host/wire.js';
import { Stage } from './stage.js';

const dialects: Dialect[] = ['mcp-apps', 'openai'];

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(() => stage.closeWindows());

interface Begun {
  conversation: Conversation;
  result: Result;
  url: string;
  orderId: string;
}

/** Two dozen eggs, checked out. */
async function checkOut(dialect: Dialect = 'mcp-apps'): Promise<Begun> {
  const conversation = await stage.converse(dialect);
  await conversation.callForCart('add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }] });
  const result = await conversation.call('start_checkout');
  assert.notEqual(result['isError'], true, JSON.stringify(result['content']));
  const { checkout_url, order_id } = asObject(result['structuredContent'], 'order');
  return { conversation, result, url: String(checkout_url), orderId: String(order_id) };
}

/** The payment step of a new order. */
async function atPayment(options?: Parameters<Stage['openTab']>[1]): Promise<Begun & { tab: CheckoutTab }> {
  const begun = await checkOut();
  const tab = await stage.openTab(begun.url, options);
  await tab.reach('details');
  await tab.introduce();
  return { ...begun, tab };
}

async function statusOf({ conversation, orderId }: Begun): Promise<unknown> {
  const { order } = asObject((await conversation.call('get_order', { order_id: orderId }))['structuredContent'], 'result');
  return asObject(order, 'order')['status'];
}

const title = (host: HostPage): (() => Promise<string>) => () => host.widget.getByRole('heading', { level: 1 }).innerText();

for (const dialect of dialects) {
  test(`A cart is checked out, paid on the shop's page, and the widget shows it (${dialect})`, async () => {
    const begun = await checkOut(dialect);
    const { conversation, url } = begun;
    const host = await stage.openWindow();
    await host.show({ conversation, tool: 'start_checkout', result: begun.result });
    await host.widget.getByText('Simulated payment:').waitFor();
    await host.widget.getByRole('button', { name: 'Pay $8.58' }).click();
    await eventually(async () => (await host.log()).links, [url]);

    const tab = await stage.openTab(url);
    assert.match(await tab.page.getByRole('banner').innerText(), /Simulated payment: no money moves, and no card is asked for/);
    await tab.introduce();
    assert.equal(await tab.page.locator('input').count(), 0, 'the payment step asks for something');
    await tab.choose('Approve');
    await tab.reach('paid');
    assert.equal(await tab.heading(), 'Thank you, your order is paid');
    assert.match(await tab.page.locator('.receipt').innerText(), /\$8\.58[\s\S]*Ada Lovelace[\s\S]*N1 9GU London[\s\S]*United Kingdom/);

    await eventually(title(host), 'Your order is paid');
    assert.equal(await host.widget.getByRole('button', { name: /^Pay/ }).count(), 0);
    assert.deepEqual(await conversation.quantities(), {});
    await eventually(async () => (await host.log()).modelContexts.some(text => text.includes('paid $8.58')), true);
    await host.widget.getByRole('button', { name: 'Keep shopping' }).click();
    await eventually(async () => (await host.log()).messages, ['Show me the products.']);
  });
}

test('Mistakes are shown first and at their fields; what was typed stays', async () => {
  const { url } = await checkOut();
  const tab = await stage.openTab(url);
  await tab.fill({ email: 'ada', name: 'Ada', country: 'US' });
  await tab.submit();
  const problems = tab.page.getByRole('alert');
  await problems.getByRole('heading', { name: 'Please check these fields' }).waitFor();
  tab.forgive(/status of 422/);
  assert.match(await tab.page.title(), /^Please check/);
  assert.equal(await problems.evaluate(element => element === document.activeElement), true, 'the list of mistakes has no focus');
  const email = tab.page.getByLabel('Email');
  assert.equal(await email.inputValue(), 'ada');
  assert.match(await email.evaluate(field => document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent ?? ''), /with an @/);
  assert.deepEqual(await tab.faults(), []);
  await problems.getByRole('link', { name: 'Email' }).click();
  assert.equal(await email.evaluate(element => element === document.activeElement), true);
  await tab.introduce();
  await tab.page.getByRole('link', { name: 'Change' }).click();
  await tab.reach('details');
  assert.equal(await tab.page.getByLabel('Full name').inputValue(), ada.name);
  await tab.page.getByRole('link', { name: 'Keep what was there' }).click();
  await tab.reach('payment');
});

test('A decline can be followed by a payment that goes through', async () => {
  const begun = await atPayment();
  const { tab, conversation, result } = begun;
  const host = await stage.openWindow();
  await host.show({ conversation, tool: 'start_checkout', result });
  await tab.choose('Decline');
  await tab.page.getByRole('alert').getByText('The payment did not go through.').waitFor();
  await host.widget.getByRole('button', { name: 'Try again: pay $8.58' }).waitFor();
  await tab.choose('Approve');
  await tab.reach('paid');
  await eventually(title(host), 'Your order is paid');
  assert.equal(await statusOf(begun), 'paid');
});

test('A payment that needs approval is confirmed in the approval step, or rejected', async () => {
  const begun = await atPayment();
  const { tab } = begun;
  await tab.choose('Needs approval');
  await tab.reach('approval');
  assert.deepEqual(await tab.faults(), []);
  await tab.choose('Reject');
  await tab.reach('payment');
  await tab.page.getByText('The payment did not go through.').waitFor();
  await tab.choose('Needs approval');
  await tab.reach('approval');
  await tab.choose('Confirm');
  await tab.reach('paid');
  assert.equal(await statusOf(begun), 'paid');
});

test('A pending payment is shown as such, and its end by itself, on the page and in the widget', async () => {
  const begun = await atPayment();
  const { tab, conversation, result } = begun;
  const host = await stage.openWindow();
  await host.show({ conversation, tool: 'start_checkout', result });
  await tab.choose('Pending');
  await tab.page.waitForFunction(() => ['pending', 'paid'].includes(document.body.dataset['stage'] ?? ''));
  await tab.reach('paid');
  await eventually(title(host), 'Your order is paid');
});

test('A payment that times out fails in the end, and can be tried again', async () => {
  const { tab } = await atPayment();
  await tab.choose('Time out');
  await tab.reach('pending');
  assert.deepEqual(await tab.faults(), []);
  await tab.page.getByText('The payment did not go through.').waitFor({ timeout: 40_000 });
  await tab.choose('Approve');
  await tab.reach('paid');
});

test('Without JavaScript the purchase is complete: form, mistakes, decline, pending, receipt', async () => {
  const begun = await checkOut();
  const tab = await stage.openTab(begun.url, { javaScriptEnabled: false });
  await tab.submit();
  await tab.page.getByText('Please check these fields').waitFor();
  tab.forgive(/status of 422/);
  await tab.introduce();
  await tab.choose('Decline');
  await tab.page.getByText('The payment did not go through.').waitFor();
  await tab.choose('Pending');
  // The page loads itself anew until the money has arrived.
  await tab.reach('paid');
  assert.equal(await tab.heading(), 'Thank you, your order is paid');
  assert.equal(await statusOf(begun), 'paid');
});

test('Another window that pays takes the form away, but not what is typed while nothing is paid', async () => {
  const begun = await checkOut();
  const [first, second] = [await stage.openTab(begun.url), await stage.openTab(begun.url)];
  await first.page.getByLabel('Full name').fill('Half a na');
  await second.introduce();
  await delay(2500); // Long enough for the first window to hear of it.
  assert.equal(await first.page.getByLabel('Full name').inputValue(), 'Half a na');
  await second.choose('Approve');
  await second.reach('paid');
  await first.reach('paid');
});

test('Pressing twice pays once', async () => {
  const begun = await atPayment();
  let posts = 0;
  begun.tab.page.on('request', request => (posts += request.method() === 'POST' ? 1 : 0));
  await begun.tab.page.getByRole('button', { name: 'Approve', exact: true }).evaluate(button => {
    (button as HTMLButtonElement).click();
    (button as HTMLButtonElement).click();
  });
  await begun.tab.reach('paid');
  assert.equal(posts, 1);
});

test('An address that opens nothing says so and tells nothing', async () => {
  const { url } = await checkOut();
  const tab = await stage.openTab(`${url.slice(0, -4)}0000`);
  assert.equal(await tab.heading(), 'This checkout page does not exist');
  tab.forgive(/status of 404/);
  assert.deepEqual(await tab.faults(), []);
});

test('The way back leads to an assistant, and nowhere else', async () => {
  const { url } = await checkOut();
  const conversation = 'https://chatgpt.com/c/1?a=b';
  const tab = await stage.openTab(`${url}?redirectUrl=${encodeURIComponent(conversation)}`);
  await tab.introduce();
  await tab.choose('Approve');
  await tab.reach('paid');
  assert.equal(await tab.page.getByRole('link', { name: 'Back to the conversation' }).getAttribute('href'), conversation);
  await tab.page.goto(`${url}?redirectUrl=${encodeURIComponent('https://elsewhere.example/')}`);
  assert.equal(await tab.page.getByRole('link', { name: 'Back to the conversation' }).count(), 0);
  await tab.page.getByText('go back to the conversation').waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`Axe finds nothing in any step, which all fit a small screen (${colorScheme})`, async () => {
    const begun = await checkOut();
    const tab = await stage.openTab(begun.url, { colorScheme, viewport: { width: 320, height: 700 } });
    const check = async (): Promise<void> => {
      assert.deepEqual(await tab.faults(), [], await tab.heading());
      assert.ok(await tab.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the page scrolls sideways');
    };
    await tab.reach('details');
    await check();
    await tab.introduce();
    await check();
    await tab.choose('Decline');
    await tab.page.getByRole('alert').waitFor();
    await check();
    await tab.choose('Approve');
    await tab.reach('paid');
    await check();
  });
}

test('The widget is mounted again without a result and finds its order by what it kept', async () => {
  const begun = await atPayment();
  const { conversation, result, tab } = begun;
  const openai = await stage.converse('openai');
  const host = await stage.openWindow();
  await host.show({ conversation, dialect: 'openai', tool: 'ui://widget/checkout.html', result });
  await host.widget.getByRole('button', { name: 'Pay $8.58' }).waitFor();
  await eventually(async () => JSON.stringify(host.mount.state).includes(begun.orderId), true);
  const { state } = host.mount;
  await tab.choose('Approve');
  await tab.reach('paid');
  // Another conversation: only the kept id leads to the order.
  await host.show({ conversation: openai, tool: 'ui://widget/checkout.html', result: null, state });
  await eventually(title(host), 'Your order is paid');
  // The host may also send the old result again.
  await host.show({ conversation: openai, tool: 'ui://widget/checkout.html', result, state });
  await eventually(title(host), 'Your order is paid');
});

test('A cart in the checkout widget is checked out there, and a refusal says why', async () => {
  const conversation = await stage.converse('mcp-apps');
  await conversation.callForCart('add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }] });
  const host = await stage.openWindow();
  const advice = 'Only 1 of Eggs is left: set the quantity to 1.';
  let isRefusing = true;
  await host.show({
    conversation,
    tool: 'ui://widget/checkout.html',
    result: await conversation.call('show_cart'),
    intercept: async ({ name }, proceed) =>
      name === 'start_checkout' && isRefusing ? { content: [{ type: 'text', text: advice }], isError: true } : proceed(),
  });
  await host.widget.getByRole('button', { name: 'Check out' }).click();
  await host.widget.getByRole('alert').getByText(advice).waitFor();
  isRefusing = false;
  await host.widget.getByRole('button', { name: 'Check out' }).click();
  await host.widget.getByRole('button', { name: 'Pay $8.58' }).waitFor();
});

test('A shop without the tool keeps the text that checkout is not available', async () => {
  const conversation = await stage.converse('mcp-apps');
  const host = await stage.openWindow();
  await conversation.callForCart('add_to_cart', { items: [{ product_id: 'eggs' }] });
  await host.show({
    conversation,
    tool: 'ui://widget/checkout.html',
    result: await conversation.call('show_cart'),
    // As some hosts put it; others answer with a JSON-RPC error.
    intercept: async ({ name }, proceed) =>
      name === 'start_checkout' ? { content: [{ type: 'text', text: 'Unknown tool: start_checkout' }], isError: true } : proceed(),
  });
  await host.widget.getByRole('button', { name: 'Check out' }).click();
  await host.widget.getByText('Checkout is not available yet').waitFor();
  await host.widget.getByRole('button', { name: 'Back to the cart' }).click();
  await eventually(async () => (await host.log()).messages, ['Show my cart.']);
});

for (const [status, heading, button] of [
  ['expired', 'This checkout has expired', 'Check out again'],
  ['voided', 'Your order was cancelled', 'Check out again'],
  ['payment_pending', 'Your payment is being processed', 'Open the checkout page'],
  ['authorized', 'Your order is placed', 'Keep shopping'],
  ['partly_refunded', 'Partly refunded', 'Keep shopping'],
  ['refunded', 'Refunded', 'Keep shopping'],
] as const) {
  test(`An order that is ${status.replace('_', ' ')} says so in the widget, with what can be done next`, async () => {
    const { conversation, result } = await checkOut();
    const host = await stage.openWindow();
    await host.show({
      conversation,
      tool: 'start_checkout',
      result,
      intercept: async ({ name }, proceed) => {
        const answer = await proceed();
        if (name === 'get_order') Object.assign(asObject(asObject(answer['structuredContent'], 'content')['order'], 'order'), { status, refunded_amount: status.endsWith('refunded') ? 858 : 0 });
        return answer;
      },
    });
    await eventually(title(host), heading);
    await host.widget.getByRole('button', { name: button }).waitFor();
    if (button !== 'Check out again') return;
    // The shop still has the order open, and says so.
    await host.widget.getByRole('button', { name: button }).click();
    await eventually(async () => (await host.log()).calls.filter(call => call.name === 'start_checkout').length, 1);
  });
}

test('Notes and trouble with the provider are shown, and the way to the page stays', async () => {
  const { conversation, result } = await checkOut();
  const host = await stage.openWindow();
  const content = { ...asObject(result['structuredContent'], 'order'), notes: ['Eggs now cost 4.29 instead of 3.99.'], embed_error: 'The payment provider does not answer.' };
  await host.show({ conversation, tool: 'start_checkout', result: { ...result, structuredContent: content } });
  await host.widget.getByText('Eggs now cost').waitFor();
  await host.widget.getByText('does not answer').waitFor();
  await host.widget.getByRole('button', { name: 'Pay $8.58' }).waitFor();
});
