import assert from 'node:assert/strict';

import type { Browser } from 'playwright-core';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { startShop, type Shop } from '../../node/src/server.js';
import { eventually, launch, Visitor } from './visitor.js';

let shop: Shop;
let browser: Browser;
let visitors: Visitor[] = [];
before(async () => {
  shop = await startShop();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});
afterEach(async () => {
  const complaints = visitors.flatMap(visitor => visitor.complaints);
  await Promise.all(visitors.map(visitor => visitor.close()));
  visitors = [];
  assert.deepEqual(complaints, [], 'the browser complained');
});

async function open(options?: Parameters<typeof Visitor.open>[2]): Promise<Visitor> {
  const visitor = await Visitor.open(browser, shop.endpoint, options);
  visitors.push(visitor);
  return visitor;
}

test('The form of a tool is made from its schema, and what it sends is what was filled in', async () => {
  const visitor = await open();
  const { page } = visitor;
  await visitor.openTool('list_products');
  assert.deepEqual(await page.locator('.fields select[name=sort] option').allInnerTexts(), ['Any', 'featured', 'relevance', 'price_asc', 'price_desc', 'name']);
  assert.equal(await page.getByLabel('limit').getAttribute('max'), '50');
  await page.getByRole('group', { name: 'aisle' }).getByText('Produce').click();
  await page.getByRole('group', { name: 'aisle' }).getByText('Bakery').click();
  await page.getByRole('group', { name: 'diet' }).getByText('Vegan').click();
  await page.getByLabel('max price').fill('4.5');
  await page.getByLabel('sort').selectOption('price_asc');
  await page.getByLabel('limit').fill('3');
  await page.getByRole('button', { name: 'Run list_products' }).click();
  const sent = JSON.parse((await (await visitor.openView(0, 'Arguments')).textContent()) ?? '') as unknown;
  assert.deepEqual(sent, { aisle: ['Produce', 'Bakery'], diet: ['Vegan'], max_price: 4.5, sort: 'price_asc', limit: 3 });
  const { products } = JSON.parse((await (await visitor.openView(0, 'structuredContent')).textContent()) ?? '') as { products: { price: number; aisle: string }[] };
  assert.equal(products.length, 3);
  assert.ok(products.every(product => product.price <= 4.5 && ['Produce', 'Bakery'].includes(product.aisle)));
});

async function openParts(): Promise<{ page: Visitor['page']; openTool: (name: string) => Promise<void>; cart: () => Promise<Record<string, number>> }> {
  const visitor = await open();
  return { page: visitor.page, openTool: name => visitor.openTool(name), cart: () => visitor.cart() };
}

test('Rows of a list are added and removed, required fields are marked, and JSON and form are one', async () => {
  const { page, openTool, cart } = await openParts();
  await openTool('update_cart');
  await page.getByRole('button', { name: 'Add a row' }).click();
  await page.getByRole('button', { name: 'Add a row' }).click();
  assert.equal(await page.locator('.row').count(), 3);
  await page.getByRole('button', { name: 'Remove row 2' }).click();
  assert.equal(await page.locator('.row').count(), 2);
  assert.equal(await page.locator('.row').first().getByLabel('product id').getAttribute('required'), '');
  await page.getByRole('button', { name: 'Run update_cart' }).click();
  assert.equal(await page.locator('.turn').count(), 0, 'a form with empty required fields was sent');

  for (const [index, [product, quantity]] of [['eggs', '4'], ['milk', '2']].entries()) {
    await page.locator('.row').nth(index).getByLabel('product id').fill(product ?? '');
    await page.locator('.row').nth(index).getByLabel('quantity').fill(quantity ?? '');
  }

  await page.getByRole('button', { name: 'JSON', exact: true }).click();
  const json = page.getByLabel('Arguments as JSON');
  assert.deepEqual(JSON.parse(await json.inputValue()), { items: [{ product_id: 'eggs', quantity: 4 }, { product_id: 'milk', quantity: 2 }] });
  await json.fill('[1]');
  await page.getByRole('button', { name: 'Run update_cart' }).click();
  await page.getByRole('alert').getByText('not a JSON object').waitFor();
  await json.fill('{"items":[{"product_id":"bread","quantity":2}]}');
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  assert.equal(await page.locator('.row').getByLabel('product id').inputValue(), 'bread');
  await page.getByRole('button', { name: 'Run update_cart' }).click();
  await page.locator('.turn iframe.widget').waitFor();
  await eventually(cart, { bread: 2 });

  await openTool('show_cart');
  assert.match(await page.getByLabel('cart id').inputValue(), /^cart_/, 'the cart id is passed on');
});

test('A refusal of the shop is shown with its advice', async () => {
  const visitor = await open();
  await visitor.callTool('add_to_cart', { items: [{ product_id: 'tomatos' }] });
  await visitor.turn(0).getByText('The shop refused').waitFor();
  assert.match((await visitor.turn(0).locator('pre').textContent()) ?? '', /tomatoes/);
  assert.equal(await visitor.turn(0).locator('iframe').count(), 0);
});

test('The log can be filtered, opened, copied and cleared', async () => {
  const visitor = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = visitor;
  await visitor.chip(1).click();
  await visitor.widget(0).getByText('3 items', { exact: true }).waitFor();
  await page.getByLabel('Filter the log').fill('add_to_cart');
  assert.deepEqual(await visitor.log(), ['model → shop: tools/call add_to_cart']);
  const entry = page.locator('.entry');
  assert.match((await entry.locator('.measures').innerText()) ?? '', /\d ms\s+[\d.]+ k?B/);
  await entry.getByRole('button').first().click();
  const request = JSON.parse((await entry.getByRole('region', { name: 'Request' }).textContent()) ?? '') as { params: { name: string } };
  assert.equal(request.params.name, 'add_to_cart');
  await page.getByRole('button', { name: 'Copy the log' }).click();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as unknown[];
  assert.equal(copied.length, 1);
  await page.getByLabel('Filter the log').fill('');
  await page.getByLabel('Which calls').selectOption('widget');
  assert.ok((await visitor.log()).every(line => line.startsWith('widget') || line.includes('→ widget')));
  await page.getByRole('button', { name: 'Clear the log' }).click();
  await eventually(() => visitor.log(), []);
});

test('Colours, width and locale reach the page and its widgets at once', async () => {
  const visitor = await open();
  const { page } = visitor;
  await visitor.chip(1).click();
  const widget = visitor.widget(0);
  await widget.getByText('3 items', { exact: true }).waitFor();
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await eventually(() => widget.locator('html').evaluate(root => root.dataset['theme']), 'dark');
  assert.notEqual(await background(), light);
  await page.getByRole('radio', { name: 'Phone' }).check({ force: true });
  await eventually(() => widget.locator('html').evaluate(() => window.innerWidth), 373);
  await page.getByLabel('Locale of the widgets').selectOption('ar-EG');
  await eventually(() => widget.locator('html').evaluate(root => getComputedStyle(root).direction), 'rtl');
});

test('The system decides about light and dark until the visitor does', async () => {
  const visitor = await open({ colorScheme: 'dark' });
  assert.equal(await visitor.page.locator('html').getAttribute('data-theme'), 'dark');
  await visitor.page.getByRole('radio', { name: 'Light' }).check({ force: true });
  await eventually(() => visitor.page.locator('html').getAttribute('data-theme'), 'light');
  await visitor.page.reload();
  await visitor.chip(0).waitFor();
  assert.equal(await visitor.page.locator('html').getAttribute('data-theme'), 'light');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`Axe finds nothing serious, ${colorScheme}: empty, in a conversation, with a tool's form, on a phone`, async () => {
    const visitor = await open({ colorScheme });
    assert.deepEqual(await visitor.faults(), []);
    await visitor.chip(1).click();
    await visitor.widget(0).getByText('3 items', { exact: true }).waitFor();
    await visitor.openView(0, 'structuredContent');
    await visitor.page.locator('.entry > button').last().click();
    assert.deepEqual(await visitor.faults(), []);
    await visitor.openTool('list_products');
    assert.deepEqual(await visitor.faults(), []);

    const phone = await open({ colorScheme, viewport: { width: 360, height: 740 } });
    await phone.chip(0).click();
    await phone.page.getByRole('button', { name: 'Settings' }).click();
    assert.deepEqual(await phone.faults(), []);
  });
}

test('Nothing scrolls sideways at 360 pixels, and the log is a drawer that Escape closes', async () => {
  const visitor = await open({ viewport: { width: 360, height: 740 } });
  const { page } = visitor;
  await visitor.chip(1).click();
  await visitor.widget(0).getByText('3 items', { exact: true }).waitFor();
  const overflow = (): Promise<number> =>
    page.evaluate(() => Math.max(...['.page', '.thread', '.composer', '.top'].map(name => (e => e.scrollWidth - e.clientWidth)(document.querySelector(name)!))));
  assert.equal(await overflow(), 0);
  assert.equal(await page.locator('.log').count(), 0);
  await page.getByRole('button', { name: 'Log' }).click();
  await page.locator('.entry').first().waitFor();
  await page.keyboard.press('Escape');
  await eventually(() => page.locator('.log').count(), 0);
});

test('The tour can be walked with the keyboard alone', async () => {
  const visitor = await open();
  const { page } = visitor;
  await visitor.chip(1).focus();
  await page.keyboard.press('Enter');
  await visitor.widget(0).getByText('3 items', { exact: true }).waitFor();
  await visitor.chip(2).focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'widget', 'the widget has the focus');
  await page.keyboard.press('Tab');
  await visitor.page.getByRole('button', { name: 'Call a tool' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Call a tool' }).waitFor();
  await page.keyboard.press('Escape');
  await eventually(() => page.evaluate(() => document.activeElement?.textContent?.trim()), 'Call a tool');
});
