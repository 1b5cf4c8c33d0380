import assert from 'node:assert/strict';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { faults, styles } from './axe.js';
import { eventually } from './expect.js';
import type { HostPage, ShowOptions } from './host-page.js';
import { Stage } from './stage.js';

const widgets = [
  { widget: 'product-catalog', tool: 'list_products', call: 'list_products' },
  { widget: 'shopping-cart', tool: 'show_cart', call: 'show_cart' },
  { widget: 'checkout', tool: 'start_checkout', call: 'start_checkout' },
];
let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(() => stage.closeWindows());

async function show(widget: (typeof widgets)[number], more: Partial<ShowOptions> = {}, isEmpty = false): Promise<HostPage> {
  const [conversation, host] = await Promise.all([stage.converse('mcp-apps'), stage.openWindow({ exact: true })]);
  if (!isEmpty) await conversation.call('add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }, { product_id: 'milk' }] });
  await host.show({ conversation, tool: widget.tool, result: await conversation.call(widget.call), ...more });
  await host.widget.getByRole('heading').first().waitFor();
  return host;
}

for (const widget of widgets) {
  for (const theme of ['light', 'dark']) {
    test(`Axe finds nothing serious in ${widget.widget}, ${theme}, with and without the host's own colours`, async () => {
      const host = await show(widget, { context: { theme } });
      assert.deepEqual(await faults(host), []);
      await host.setContext({ styles: { variables: styles } });
      assert.deepEqual(await faults(host), []);
    });
  }

  for (const width of [320, 1200]) {
    test(`${widget.widget} fits ${width} pixels without scrolling sideways, and its height is what it tells the host`, async () => {
      const host = await show(widget, { width });
      const measure = (): Promise<number[]> =>
        host.widget.locator('html').evaluate(root => [root.scrollWidth, root.scrollHeight - root.clientHeight]);
      await eventually(measure, [width, 0]);
      for (const target of await host.widget.locator('main button:visible:not(.chip)').all()) {
        const box = await target.boundingBox();
        assert.ok(box !== null && box.height >= 43.5 && box.width >= 43.5, `${await target.innerText()} is ${box?.width} × ${box?.height}`);
      }
    });
  }

  test(`${widget.widget} reads from right to left where the locale does, with that locale's money`, async () => {
    const host = await show(widget, { context: { locale: 'he-IL' } });
    const direction = await host.widget.locator('html').evaluate(root => getComputedStyle(root).direction);
    assert.equal(direction, 'rtl');
    assert.deepEqual(await faults(host), []);
    const money = new Intl.NumberFormat('he-IL', { style: 'currency', currency: 'USD' }).format(4.29);
    assert.ok((await host.widget.locator('main').textContent())?.includes(money), `${money} is nowhere`);
    const [heading, page] = [await host.widget.getByRole('heading').first().boundingBox(), await host.page.locator('iframe').boundingBox()];
    assert.ok(heading !== null && page !== null);
    assert.ok(heading.x + heading.width > page.x + page.width - 40, 'the heading is not on the right');
  });
}

test('An empty cart, a failed start and an open filter panel have no serious fault either', async () => {
  const [, cart] = widgets;
  assert.ok(cart);
  const empty = await show(cart, {}, true);
  assert.deepEqual(await faults(empty), []);
  await empty.show({
    conversation: await stage.converse('mcp-apps'),
    tool: 'show_cart',
    result: null,
    intercept: async () => {
      throw new Error('down');
    },
  });
  await empty.widget.getByRole('button', { name: 'Try again' }).waitFor();
  assert.deepEqual(await faults(empty), []);
  const catalog = await show({ widget: 'product-catalog', tool: 'list_products', call: 'list_products' });
  await catalog.widget.getByRole('button', { name: 'Filters' }).click();
  assert.deepEqual(await faults(catalog), []);
});

test('No outcome of a checkout has a serious fault', async () => {
  const [, , checkout] = widgets;
  assert.ok(checkout);
  for (const status of ['payment_failed', 'payment_pending', 'paid', 'expired', 'partly_refunded']) {
    const host = await show(checkout, {
      context: { theme: status === 'paid' ? 'dark' : 'light' },
      intercept: async ({ name }, proceed) => {
        const answer = await proceed();
        if (name === 'get_order') Object.assign((answer['structuredContent'] as { order: object }).order, { status, refunded_amount: status === 'partly_refunded' ? 100 : 0 });
        return answer;
      },
    });
    await eventually(async () => (await host.log()).calls.some(call => call.name === 'get_order'), true);
    await host.widget.getByText(/and no money was taken|outcome is shown|has received|in time|went back/).waitFor();
    assert.deepEqual(await faults(host), [], status);
  }
});

test('The theme follows the host, then the browser', async () => {
  const [, cart] = widgets;
  assert.ok(cart);
  const background = (host: HostPage): Promise<string> => host.widget.locator('body').evaluate(body => getComputedStyle(body).backgroundColor);
  const host = await show(cart);
  await host.page.emulateMedia({ colorScheme: 'dark' });
  await eventually(() => background(host), 'rgb(23, 26, 25)');
  await host.setContext({ theme: 'light' });
  await eventually(() => background(host), 'rgb(255, 255, 255)');
  await host.setContext({ theme: 'dark' });
  await host.page.emulateMedia({ colorScheme: 'light' });
  await eventually(() => background(host), 'rgb(23, 26, 25)');
});

test('Safe areas keep the content away from the edges', async () => {
  const [, cart] = widgets;
  assert.ok(cart);
  const host = await show(cart, { context: { safeAreaInsets: { top: 0, right: 0, bottom: 30, left: 0 } } });
  await eventually(() => host.widget.locator('main').evaluate(main => getComputedStyle(main).paddingBottom), '46px');
});
