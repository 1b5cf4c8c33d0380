// The back office's widget in Chromium, with results of the real server.
import assert from 'node:assert/strict';

import { after, afterEach, before, test } from '../../node/src/limits.js';
import { asObject, type JsonObject } from '../../node/src/shapes.js';
import { faults, styles } from './axe.js';
import { BackOffice, daysAgo } from './back-office.js';
import type { Conversation, Result } from './conversation.js';
import { eventually } from './expect.js';
import type { HostPage, ShowOptions } from './host-page.js';
import type { Dialect } from './host/wire.js';

const dialects: Dialect[] = ['mcp-apps', 'openai'];
const february = { date_start: '2025-02-01', date_end: '2025-02-28' };
const january = { date_start: '2025-01-01', date_end: '2025-01-31' };
const coffee = 'קפה (טחון) 250g';
const nasty = '<img src=x onerror=alert(1)> & Co.';

/** Two months in dollars, and a few sales in currencies with no and with three places. */
const history = [
  'order_id,time,product_id,product,quantity,unit_price,currency,category',
  ...Array.from({ length: 59 }, (_, day) => {
    const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
    return `u${day},${date}T12:00,eggs,Eggs,${(day % 5) + 1},4.29,USD,Basics\nv${day},${date}T13:00,nasty,"${nasty}",${(day % 3) + 1},10.50,USD,`;
  }),
  'j1,2025-02-03,matcha,Matcha,2,1200,JPY,Tea',
  `k1,2025-02-10,qahwa,${coffee},2,1.500,KWD,שתייה`,
].join('\n');

let office: BackOffice;
before(async () => {
  office = await BackOffice.open(history);
});
after(() => office?.close());
afterEach(() => office.stage.closeWindows());

interface Shown {
  host: HostPage;
  conversation: Conversation;
  result: Result;
}

async function show(dialect: Dialect, tool: string, args: JsonObject, more: Partial<ShowOptions> = {}): Promise<Shown> {
  const [conversation, host] = await Promise.all([office.converse(dialect), office.stage.openWindow({ exact: true })]);
  const result = await conversation.call(tool, args);
  await host.show({ conversation, tool, args, result, ...more });
  await host.widget.getByRole('heading').first().waitFor();
  return { host, conversation, result };
}

const usd = (amount: unknown): string => new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(Number(amount));
const listOf = (result: Result, name: string): JsonObject[] => asObject(result['structuredContent'], 'structuredContent')[name] as JsonObject[];
const figure = (host: HostPage, name: string): Promise<string> => host.widget.locator(`[data-figure="${name}"] dd`).innerText();
const period = (host: HostPage): (() => Promise<string>) => () => host.widget.locator('header.top p').innerText();
const chart = (host: HostPage) => host.widget.getByRole('application');
const told = (host: HostPage): (() => Promise<string>) => async () => (await chart(host).getByRole('status').textContent()) ?? '';

for (const dialect of dialects) {
  test(`A report shows every figure as the server told it, with its change (${dialect})`, async () => {
    const { host, result } = await show(dialect, 'sales_report', february);
    const total = listOf(result, 'totals')[0] ?? {};
    const change = asObject(total['change_percent'], 'change_percent');
    assert.equal(await period(host)(), 'February 2025');
    for (const [name, key] of [['Net', 'net'], ['Gross', 'gross'], ['Average order', 'average_order_value']] as const) {
      const text = await figure(host, name);
      assert.ok(text.startsWith(usd(total[key])), `${name}: ${text}`);
      assert.match(text, new RegExp(`(?:up|down)[\\s\\S]*[+-]${Math.abs(Number(change[key]))}%`), `${name}: ${text}`);
    }
    assert.match(await figure(host, 'Refunds'), /^\$0\.00\s+from \$0\.00$/);
    assert.ok((await figure(host, 'Orders')).startsWith('56'));
    assert.equal(await figure(host, 'Units per order'), String(total['units_per_order']));
    for (const row of listOf(result, 'by_category').filter(each => each['currency'] === 'USD')) {
      const bar = host.widget.locator('.bars li').filter({ hasText: usd(row['gross']) });
      assert.match(await bar.innerText(), new RegExp(`${String(row['gross_share_percent'])}% of gross`));
    }
    assert.deepEqual((await host.log()).calls, []);
  });

  test(`The points of the chart are reached by keyboard and said aloud, and by the pointer (${dialect})`, async () => {
    const { host, result } = await show(dialect, 'sales_report', february);
    const rows = listOf(result, 'rows').filter(row => row['currency'] === 'USD');
    const says = (index: number): string => usd(rows.at(index)?.['net']);
    await chart(host).focus();
    assert.match(await told(host)(), /^Fri, Feb 28, 2025: /);
    assert.ok((await told(host)()).includes(says(-1)));
    await host.page.keyboard.press('ArrowLeft');
    assert.ok((await told(host)()).startsWith(`Thu, Feb 27, 2025: ${says(-2)}`));
    await host.page.keyboard.press('Home');
    assert.ok((await told(host)()).startsWith(`Sat, Feb 1, 2025: ${says(0)}`));
    await host.page.keyboard.press('ArrowLeft');
    await host.page.keyboard.press('PageDown');
    assert.ok((await told(host)()).startsWith(`Sat, Feb 8, 2025: ${says(7)}`));
    assert.match(await host.widget.locator('.card').innerText(), /Feb 8[\s\S]*2 orders/);
    await host.page.keyboard.press('Escape');
    assert.equal(await host.widget.locator('.card').count(), 0);

    const box = await chart(host).boundingBox();
    assert.ok(box !== null);
    await host.page.mouse.move(box.x + box.width - 20, box.y + 100);
    await eventually(async () => (await host.widget.locator('.card').innerText()).includes('Feb 28'), true);
    await host.page.mouse.move(box.x + 30, box.y + 100);
    await eventually(async () => (await host.widget.locator('.card').innerText()).includes(says(0)), true);
  });

  test(`Currencies are shown one at a time, with their places, and never added up (${dialect})`, async () => {
    const { host, conversation, result } = await show(dialect, 'sales_report', february);
    await host.widget.getByRole('radio', { name: 'JPY' }).check();
    assert.match(await figure(host, 'Net'), /^¥2,400\s/);
    await host.widget.getByRole('radio', { name: 'KWD' }).check();
    assert.match(await figure(host, 'Net'), /^KWD\s3\.000\s/u);
    assert.match(await host.widget.locator('.bars').innerText(), /שתייה/);
    await host.widget.getByRole('radio', { name: 'Orders' }).check();
    await host.widget.getByRole('heading', { name: 'Orders by day' }).waitFor();
    if (dialect !== 'openai') return;
    const kept = { measure: 'orders', tool: 'sales_report', currency: 'KWD' };
    await eventually(async () => (host.mount.state as { privateContent?: unknown } | null)?.privateContent, { view: kept });
    await host.show({ conversation, tool: 'sales_report', args: february, result, state: host.mount.state });
    await eventually(() => host.widget.getByRole('radio', { name: 'KWD' }).isChecked(), true);
  });

  test(`The table has every figure of the chart (${dialect})`, async () => {
    const { host, result } = await show(dialect, 'sales_report', february);
    await host.widget.getByText('Show the figures as a table').click();
    const days = host.widget.getByRole('table', { name: 'By day' });
    const rows = listOf(result, 'rows').filter(row => row['currency'] === 'USD');
    assert.equal(await days.getByRole('row').count(), rows.length + 1);
    for (const index of [0, 13, 27]) {
      const cells = await days.getByRole('row').nth(index + 1).getByRole('cell').allInnerTexts();
      const row = rows[index] ?? {};
      assert.deepEqual(cells, [String(row['orders']), String(row['units']), usd(row['gross']), usd(row['refunds']), usd(row['net'])]);
    }
  });

  test(`The periods beside are turned to, and explaining is asked of the assistant (${dialect})`, async () => {
    const { host, conversation, result } = await show(dialect, 'sales_report', february);
    await host.widget.getByRole('button', { name: 'Previous period' }).click();
    await eventually(period(host), 'January 2025');
    assert.deepEqual((await host.log()).calls, [{ name: 'sales_report', args: january }]);
    const before = listOf(await conversation.call('sales_report', january), 'totals')[0] ?? {};
    assert.ok((await figure(host, 'Net')).startsWith(usd(before['net'])));
    await eventually(async () => (await host.log()).modelContexts.some(text => text.includes('2025-01-01 to 2025-01-31')), true);
    await host.sendResult(result);
    assert.equal(await period(host)(), 'January 2025');
    await host.widget.getByRole('button', { name: 'Explain this' }).click();
    await host.widget.getByRole('button', { name: 'Best sellers' }).click();
    await eventually(async () => (await host.log()).messages, [
      'Explain the sales from 2025-01-01 to 2025-01-31: what changed, and why?',
      'Show the best-selling products from 2025-01-01 to 2025-01-31.',
    ]);
    await host.widget.getByRole('button', { name: 'Next period' }).click();
    await eventually(period(host), 'February 2025');
  });

  test(`The best products are ranked, each currency by itself, and names are only text (${dialect})`, async () => {
    const { host, result } = await show(dialect, 'top_products', { n: 5, ...february });
    const rows = listOf(result, 'rows').filter(row => row['currency'] === 'USD');
    assert.deepEqual(await host.widget.locator('.bars .name').allInnerTexts(), rows.map(row => row['name']));
    assert.deepEqual(await host.widget.locator('.bar-head .amount').allInnerTexts(), rows.map(row => usd(row['net'])));
    assert.ok(rows.some(row => row['name'] === nasty));
    await host.widget.getByRole('radio', { name: 'KWD' }).check();
    const name = host.widget.locator('.bars .name');
    assert.equal(await name.innerText(), coffee);
    assert.equal(await name.evaluate(element => element.tagName), 'BDI');
    await host.widget.getByRole('button', { name: 'Previous period' }).click();
    await eventually(async () => (await host.log()).calls, [{ name: 'top_products', args: { n: 5, ...january } }]);
    // January has no dinars: the shop's own currency takes their place.
    await eventually(() => host.widget.locator('.bars .name').first().innerText(), nasty);
    await host.widget.getByRole('button', { name: 'Full report' }).click();
    await eventually(async () => (await host.log()).messages, ['Show the sales report from 2025-01-01 to 2025-01-31.']);
  });

  test(`An empty period says so, and what was before (${dialect})`, async () => {
    const { host } = await show(dialect, 'sales_report', { date_start: '2025-03-01', date_end: '2025-03-31' });
    await host.widget.getByRole('heading', { name: 'No sales in this period' }).waitFor();
    assert.match(await figure(host, 'Net'), /^\$0\.00\s+down\s+-100%/);
    assert.equal(await chart(host).count(), 0);
    const { host: other } = await show(dialect, 'top_products', { date_start: '2020-03-01', date_end: '2020-03-31' });
    await other.widget.getByRole('heading', { name: 'No sales in this period' }).waitFor();
  });

  test(`A refused question shows the advice and asks nothing by itself (${dialect})`, async () => {
    const { host, result } = await show(dialect, 'sales_report', { date_start: '2025-02-28', date_end: '2025-02-01' });
    assert.equal(result['isError'], true);
    await host.widget.getByRole('alert').getByText('swap them').waitFor();
    await host.page.waitForTimeout(1200);
    assert.deepEqual((await host.log()).calls, []);
    await host.widget.getByRole('button', { name: 'Try again' }).click();
    await eventually(async () => (await host.log()).calls.length, 1);
    await host.widget.getByRole('alert').getByText('swap them').waitFor();
  });

  test(`What the host does not send is asked for (${dialect})`, async () => {
    const conversation = await office.converse(dialect);
    const host = await office.stage.openWindow();
    await host.show({ conversation, tool: 'sales_report', args: february, result: null });
    await host.widget.getByRole('status').getByText('Loading the figures').waitFor();
    await eventually(period(host), 'February 2025');
    assert.deepEqual((await host.log()).calls, [{ name: 'sales_report', args: february }]);
  });

  test(`An answer that is none, or lacks rows, is said to (${dialect})`, async () => {
    const conversation = await office.converse(dialect);
    const host = await office.stage.openWindow();
    const broken = { structuredContent: { ok: true }, content: [] };
    await host.show({ conversation, tool: 'sales_report', args: february, result: broken, intercept: async () => broken });
    await host.widget.getByRole('alert').getByText('cannot be shown here').waitFor();

    const result = structuredClone(await conversation.call('sales_report', february));
    const rows = listOf(result, 'rows');
    for (const row of rows.slice(3, 9)) delete row['net'];
    await host.show({ conversation, tool: 'sales_report', args: february, result });
    await host.widget.getByText('Some rows could not be read').waitFor();
    assert.ok((await figure(host, 'Net')).startsWith(usd(listOf(result, 'totals')[0]?.['net'])));
  });

  test(`A refused message tells the merchant what to write (${dialect})`, async () => {
    const { host } = await show(dialect, 'sales_report', february, { refusesMessages: true });
    await host.widget.getByRole('button', { name: 'Explain this' }).click();
    await host.widget.getByRole('alert').getByText('Explain the sales').waitFor();
  });
}

test('A cancelled question says so, asks nothing, and can be asked again', async () => {
  const conversation = await office.converse('mcp-apps');
  const host = await office.stage.openWindow();
  await host.show({ conversation, tool: 'sales_report', args: february, result: null, intercept: (_call, proceed) => proceed() });
  await host.widget.getByText('Loading the figures').waitFor();
  await host.cancel();
  await host.widget.getByRole('alert').getByText('was cancelled').waitFor();
  await host.page.waitForTimeout(1200);
  assert.deepEqual((await host.log()).calls, []);
  await host.widget.getByRole('button', { name: 'Try again' }).click();
  await eventually(period(host), 'February 2025');
});

test('More given back than sold is drawn below zero, and a loss among the bars is marked', async () => {
  const { host, conversation, result } = await show('mcp-apps', 'sales_report', february);
  const rows = listOf(result, 'rows').filter(row => row['currency'] === 'USD');
  Object.assign(rows[4] ?? {}, { refunds: 500, net: -450.5 });
  await host.show({ conversation, tool: 'sales_report', args: february, result });
  await chart(host).focus();
  await host.page.keyboard.press('Home');
  for (let day = 0; day < 4; day++) await host.page.keyboard.press('ArrowRight');
  assert.match(await told(host)(), /-\$450\.50/);
  const [zero, point] = [await host.widget.locator('.grid.zero').boundingBox(), await host.widget.locator('circle.active').boundingBox()];
  assert.ok(zero !== null && point !== null && point.y > zero.y);

  const ranking = await conversation.call('top_products', february);
  Object.assign(listOf(ranking, 'rows')[1] ?? {}, { net: -20 });
  await host.show({ conversation, tool: 'top_products', args: february, result: ranking });
  await host.widget.locator('.fill.loss').waitFor({ state: 'attached' });
  await host.widget.getByText('-$20.00').first().waitFor();
});

const views: [string, string, JsonObject][] = [
  ['the report', 'sales_report', february],
  ['weeks', 'sales_report', { date_start: '2024-12-10', date_end: '2025-03-09' }],
  ['months', 'sales_report', { date_start: '2023-01-15', date_end: '2025-03-09' }],
  ['the best products', 'top_products', february],
  ['an empty period', 'sales_report', { date_start: '2020-02-01', date_end: '2020-02-28' }],
  ['a refusal', 'sales_report', { date_start: 'soon', date_end: '2025-02-01' }],
];

for (const [name, tool, args] of views) {
  test(`Axe finds nothing serious in ${name}, light and dark, with and without the host's own colours`, async () => {
    const { host } = await show('mcp-apps', tool, args);
    for (const details of await host.widget.locator('summary').all()) await details.click();
    if ((await chart(host).count()) > 0) await chart(host).focus();
    for (const context of [{ theme: 'light' }, { theme: 'dark' }, { theme: 'dark', styles: { variables: styles } }, { theme: 'light' }]) {
      await host.setContext(context);
      await eventually(() => host.widget.locator('html').getAttribute('data-theme'), context.theme);
      assert.deepEqual(await faults(host), [], JSON.stringify(context));
    }
  });

  test(`${name} fits any width without scrolling sideways, from right to left too, and its height is what it tells the host`, async () => {
    const { host, conversation, result } = await show('mcp-apps', tool, args);
    for (const [width, locale] of [[320, 'en-US'], [1200, 'en-US'], [600, 'he-IL']] as const) {
      await host.show({ conversation, tool, args, result, width, context: { locale } });
      await host.widget.getByRole('heading').first().waitFor();
      for (const details of await host.widget.locator('summary').all()) await details.click();
      const measure = (): Promise<number[]> => host.widget.locator('html').evaluate(root => [root.scrollWidth, root.scrollHeight - root.clientHeight]);
      await eventually(measure, [width, 0]);
      for (const target of await host.widget.locator('main button:visible').all()) {
        const box = await target.boundingBox();
        assert.ok(box !== null && box.height >= 43.5 && box.width >= 43.5, `${await target.innerText()} is ${box?.width} × ${box?.height}`);
      }
    }

    assert.equal(await host.widget.locator('html').evaluate(root => getComputedStyle(root).direction), 'rtl');
    assert.deepEqual(await faults(host), []);
  });
}

test('Labels of the chart do not run into each other or out of it', async () => {
  for (const [width, args] of [[320, february], [320, views[1]?.[2]], [700, views[2]?.[2]], [1200, february]] as [number, JsonObject][]) {
    const { host } = await show('mcp-apps', 'sales_report', args, { width });
    await chart(host).locator('path.line').waitFor();
    const boxes = await chart(host).locator('svg > text').evaluateAll(texts => texts.map(text => text.getBoundingClientRect()).map(({ left, right }) => [left, right] as const));
    assert.ok(boxes.length >= 2, `${width}: ${boxes.length} labels`);
    boxes.forEach(([left, right], index) => {
      assert.ok(left >= 0 && right <= width, `${width}: ${left} to ${right}`);
      assert.ok(index === 0 || left > (boxes[index - 1]?.[1] ?? 0), `${width}: label ${index} overlaps`);
    });
  }
});

test('Sample data and simulated orders are marked as such', async () => {
  const { host, conversation, result } = await show('mcp-apps', 'sales_report', february);
  assert.equal(await host.widget.locator('.marks').count(), 0);
  const content = asObject(result['structuredContent'], 'content');
  await host.show({ conversation, tool: 'sales_report', args: february, result: { ...result, structuredContent: { ...content, includes_simulated: true } } });
  assert.match(await host.widget.locator('.marks').innerText(), /^Simulated orders/);
  await office.run('seed');
  const lately = { date_start: daysAgo(30), date_end: daysAgo(2) };
  const seeded = await conversation.call('sales_report', lately);
  await host.show({ conversation, tool: 'sales_report', args: lately, result: seeded });
  assert.match(await host.widget.locator('.marks').innerText(), /^Sample data/);
});
