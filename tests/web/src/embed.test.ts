// Gr4vy's form, on the hosted page and inside the widget: a stand-in for its script records what it is given and fires events.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import type { Frame, Page } from 'playwright-core';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { asObject, type JsonObject } from '../../node/src/shapes.js';
import { eventually } from './expect.js';
import { FakeGr4vy, type Recorded } from './fake-gr4vy.js';
import { Stage } from './stage.js';

const gr4vy = new FakeGr4vy();
let hosted: Stage;
let embedded: Stage;
before(async () => {
  hosted = await Stage.open(gr4vy);
  embedded = await Stage.open(gr4vy, { CHECKOUT_MODE: 'embedded' });
});
after(async () => {
  await hosted?.close();
  await embedded?.close();
});
afterEach(async () => {
  gr4vy.servesScript = true;
  await hosted.closeWindows();
  await embedded.closeWindows();
});

async function checkOut(stage: Stage) {
  const conversation = await stage.converse('mcp-apps');
  await conversation.callForCart('add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }] });
  const result = await conversation.call('start_checkout');
  assert.notEqual(result['isError'], true, JSON.stringify(result['content']));
  const { checkout_url, order_id } = asObject(result['structuredContent'], 'order');
  return { conversation, result, url: String(checkout_url), orderId: String(order_id) };
}

type View = Page | Frame;
const recorded = (view: View): Promise<{ calls: JsonObject[]; submits: number }> =>
  view.evaluate(() => {
    const { gr4vy: global } = window as unknown as { gr4vy?: Recorded };
    return { calls: (global?.calls ?? []) as never, submits: global?.submits ?? 0 };
  });
const fire = (view: View, name: string, data?: unknown): Promise<void> =>
  view.evaluate(([event, detail]) => (window as unknown as { gr4vy: Recorded }).gr4vy.fire(event as string, detail), [name, data] as const);

function checkSetup(setup: JsonObject | undefined, orderId: string): void {
  const { token, cartItems: _, ...settings } = setup ?? {};
  assert.match(String(token), /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.deepEqual(settings, {
    gr4vyId: 'acme',
    environment: 'sandbox',
    merchantAccountId: 'default',
    amount: 858,
    currency: 'USD',
    country: 'US',
    intent: 'capture',
    externalIdentifier: orderId,
    metadata: { order_id: orderId },
    functions: ['onEvent'],
  });
}

test('The hosted page sets the form up, and shows the order as paid only when the shop knows it', async () => {
  const { url, orderId } = await checkOut(hosted);
  const tab = await hosted.openTab(url);
  await tab.introduce();
  await tab.page.getByText('The form of the payment provider').waitFor();
  const { calls } = await recorded(tab.page);
  assert.equal(calls.length, 1);
  checkSetup(calls[0], orderId);
  assert.deepEqual(calls[0]?.['cartItems'], [{ name: 'Eggs', quantity: 2, unitAmount: 429, externalIdentifier: 'eggs' }]);
  assert.deepEqual(await tab.faults(), []);
  assert.ok(!(await tab.page.getByRole('banner').innerText()).includes('Simulated'));

  const pay = tab.page.getByRole('button', { name: 'Pay $8.58' });
  await pay.click();
  await pay.click({ force: true });
  assert.equal((await recorded(tab.page)).submits, 1);
  await fire(tab.page, 'transactionCreated', { id: 'tx', status: 'capture_succeeded' });
  await tab.page.getByText('Checking with the shop').waitFor();
  await delay(2500); // Time for the page to believe the browser, if it did.
  assert.equal(await tab.page.locator('body').getAttribute('data-stage'), 'payment');
  await gr4vy.tell(hosted.shop, orderId, 'capture_succeeded', 858);
  await tab.reach('paid');
});

test('A payment that fails in the form can be repeated, and a decline starts the form anew', async () => {
  const { url, orderId } = await checkOut(hosted);
  const tab = await hosted.openTab(url);
  await tab.introduce();
  const pay = tab.page.getByRole('button', { name: 'Pay $8.58' });
  await pay.click();
  await fire(tab.page, 'transactionFailed', { code: 'unauthorized', status: 401 });
  await tab.page.getByRole('alert').getByText('could not be made').waitFor();
  await pay.click();
  assert.equal((await recorded(tab.page)).submits, 2);
  await gr4vy.tell(hosted.shop, orderId, 'authorization_declined', 858);
  await fire(tab.page, 'transactionCreated', { id: 'tx', status: 'authorization_declined' });
  await tab.page.getByText('The payment did not go through.').waitFor();
  await eventually(async () => (await recorded(tab.page)).calls.length, 1);
});

test('A bank that asks first does not take the page away under the payment', async () => {
  const { url, orderId } = await checkOut(hosted);
  const tab = await hosted.openTab(url);
  await tab.introduce();
  await tab.page.getByRole('button', { name: 'Pay $8.58' }).click();
  await gr4vy.tell(hosted.shop, orderId, 'buyer_approval_pending', 858);
  await delay(2500); // Time for the page to hear of it.
  assert.equal(await tab.page.locator('body').getAttribute('data-stage'), 'payment');
  await fire(tab.page, 'transactionCreated', { id: 'tx', status: 'buyer_approval_pending' });
  await tab.reach('pending');
  let loads = 0;
  tab.page.on('load', () => loads++);
  await delay(2500); // Time for two looks at the order.
  assert.equal(loads, 0, 'the page loads itself though nothing has changed');
});

test('An authorization on the way to the capture is not the end, on the page and in the widget', async () => {
  const { url, orderId } = await checkOut(hosted);
  const tab = await hosted.openTab(url);
  await tab.introduce();
  await gr4vy.tell(hosted.shop, orderId, 'authorization_succeeded', 858);
  await tab.reach('authorized');
  await gr4vy.tell(hosted.shop, orderId, 'capture_succeeded', 858);
  await tab.reach('paid');

  const begun = await checkOut(embedded);
  const host = await embedded.openWindow();
  await host.show({ conversation: begun.conversation, tool: 'start_checkout', result: begun.result });
  await gr4vy.tell(embedded.shop, begun.orderId, 'authorization_succeeded', 858);
  await host.widget.getByRole('heading', { name: 'Your order is placed' }).waitFor();
  await gr4vy.tell(embedded.shop, begun.orderId, 'capture_succeeded', 858);
  await host.widget.getByRole('heading', { name: 'Your order is paid' }).waitFor();
});

test('A script that does not load is said to be missing, on the page and in the widget', async () => {
  gr4vy.servesScript = false;
  const { url } = await checkOut(hosted);
  const tab = await hosted.openTab(url);
  await tab.introduce();
  await tab.page.getByRole('alert').getByText('could not be loaded').waitFor();
  assert.equal(await tab.page.getByRole('button', { name: /^Pay/ }).count(), 0);
  tab.forgive(/status of 503/);

  const { conversation, result } = await checkOut(embedded);
  const host = await embedded.openWindow();
  await host.show({ conversation, tool: 'start_checkout', result });
  await host.widget.getByRole('alert').getByText('could not be loaded').waitFor();
  assert.equal(host.complaints.length, 1);
  host.complaints.length = 0;
});

test('Without JavaScript the page says what paying needs', async () => {
  const { url } = await checkOut(hosted);
  const tab = await hosted.openTab(url, { javaScriptEnabled: false });
  await tab.introduce();
  // Not by its text: the search for texts leaves noscript elements out.
  assert.match(await tab.page.locator('noscript .notice').innerText(), /^Paying needs JavaScript/);
});

test('The embedded form pays inside the widget: one press, one payment, and paid only by the word of the shop', async () => {
  const { conversation, result, orderId } = await checkOut(embedded);
  assert.ok(!JSON.stringify([result['structuredContent'], result['content']]).includes('eyJ'), 'a model can read the token');
  const host = await embedded.openWindow();
  await host.show({ conversation, tool: 'start_checkout', result });
  await host.widget.getByText('The form of the payment provider').waitFor();
  const frame = host.page.frames().find(each => each.url().includes('/frame/'));
  assert.ok(frame);
  const { calls } = await recorded(frame);
  assert.equal(calls.length, 1);
  checkSetup(calls[0], orderId);

  const pay = host.widget.getByRole('button', { name: 'Pay $8.58' });
  await pay.click();
  await pay.click({ force: true });
  assert.equal((await recorded(frame)).submits, 1);
  await fire(frame, 'transactionCreated', { id: 'tx', status: 'capture_succeeded' });
  await host.widget.getByText('Checking with the shop').waitFor();
  await delay(4500); // Time for two looks at the order.
  assert.equal(await host.widget.getByText('Your order is paid').count(), 0);
  assert.equal((await recorded(frame)).calls.length, 1, 'looking at the order has set the form up anew');
  await gr4vy.tell(embedded.shop, orderId, 'capture_succeeded', 858);
  await host.widget.getByRole('heading', { name: 'Your order is paid' }).waitFor();
});

test('Only the embedded mode declares the domains of the form', async () => {
  const domains = async (stage: Stage): Promise<unknown> => {
    const conversation = await stage.converse('mcp-apps');
    const { contents } = await conversation.request('resources/read', { uri: 'ui://widget/checkout.html' });
    const ui = asObject(asObject(asObject((contents as unknown[])[0], 'content')['_meta'], '_meta')['ui'], 'ui');
    return asObject(ui['csp'], 'csp')['frameDomains'];
  };
  assert.equal(await domains(hosted), undefined);
  assert.deepEqual(await domains(embedded), ['https://embed.sandbox.acme.gr4vy.app']);
});
