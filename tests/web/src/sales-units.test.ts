import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ToolResult } from '../../../web/src/bridge/host.ts';
import { Advice } from '../../../web/src/bridge/host.ts';
import { readAnswer } from '../../../web/src/widgets/sales-report/answer.ts';
import { addDays, daysIn, nameOf, neighbour, todayIn } from '../../../web/src/widgets/sales-report/days.ts';
import { ReportStore, type ReportHost } from '../../../web/src/widgets/sales-report/report-store.ts';
import { axisFor, strideFor } from '../../../web/src/widgets/sales-report/scale.ts';
import { penFor } from '../../../web/src/widgets/sales-report/write.ts';

const row = { currency: 'USD', orders: 1, units: 2, gross: 8.58, refunds: 0, net: 8.58 };

/** An answer of sales_report for one period. */
function report(start: string, end: string, more: object = {}): Record<string, unknown> {
  return {
    date_start: start,
    date_end: end,
    days: 2,
    time_zone: 'UTC',
    totals: [{ ...row, distinct_products: 1, days_with_sales: 1, previous: { date_start: start, date_end: end, net: 1 }, change_percent: { net: -0.9, orders: null } }],
    by_category: [{ category: 'Basics', products: 1, ...row, gross_share_percent: 100 }],
    granularity: 'day',
    rows: [{ start, ...row }],
    ...more,
  };
}

const ranking = { date_start: '2025-02-01', date_end: '2025-02-02', totals: [{ currency: 'USD', products: 1, units: 2, net: 8.58 }], rows: [{ rank: 1, product_id: 'eggs', name: 'Eggs', ...row }] };

test('An answer is told by what it has, and anything else is none', () => {
  assert.equal(readAnswer(report('2025-02-01', '2025-02-02'))?.kind, 'report');
  assert.equal(readAnswer(ranking)?.kind, 'ranking');
  assert.equal(readAnswer({ ...ranking, rows: [] })?.kind, 'ranking');
  const { by_category: _, ...between } = report('2025-02-01', '2025-02-02');
  const unusable = [
    undefined, null, 7, 'text', [], {}, between, { ...ranking, rows: undefined }, { ...ranking, totals: {} }, { ...ranking, date_start: 'today' },
    { ...ranking, rows: [{ rank: 1 }] }, report('2025-02-01', '2025-02-02', { granularity: 'hour' }), report('2025-02-01', '2025-02-02', { totals: [{}] }),
    report('2025-13-01', '2025-02-02'),
  ];
  for (const other of unusable) assert.equal(readAnswer(other), undefined, JSON.stringify(other));
});

test('A row that lacks a figure is left out and told of, and a missing change stays missing', () => {
  const answer = readAnswer(report('2025-02-01', '2025-02-02', { rows: [{ start: '2025-02-01', ...row }, { start: '2025-02-02', ...row, net: '8.58' }, null], notes: ['One.', 7] }));
  assert.ok(answer?.kind === 'report');
  assert.equal(answer.buckets.length, 1);
  assert.deepEqual(answer.notes, ['One.', 'Some rows could not be read and are not shown.']);
  assert.deepEqual(answer.totals[0]?.change, { net: -0.9 });
  assert.equal(answer.totals[0]?.best, undefined);
});

test('The period beside whole months is as many whole months, beside others as many days', () => {
  const beside = (start: string, end: string, direction: 1 | -1, today?: string): string => {
    const found = neighbour({ start, end }, direction, today);
    return found === undefined ? 'none' : `${found.start} ${found.end}`;
  };
  assert.equal(beside('2025-03-01', '2025-03-31', -1), '2025-02-01 2025-02-28');
  assert.equal(beside('2025-02-01', '2025-02-28', 1), '2025-03-01 2025-03-31');
  assert.equal(beside('2025-01-01', '2025-03-31', -1), '2024-10-01 2024-12-31');
  assert.equal(beside('2024-01-01', '2024-12-31', 1), '2025-01-01 2025-12-31');
  assert.equal(beside('2025-02-10', '2025-02-16', -1), '2025-02-03 2025-02-09');
  assert.equal(beside('2025-02-28', '2025-02-28', 1), '2025-03-01 2025-03-01');
  assert.equal(beside('2025-02-10', '2025-02-16', 1, '2025-02-16'), 'none');
  assert.equal(beside('2025-02-10', '2025-02-16', 1, '2025-02-19'), '2025-02-17 2025-02-19');
  assert.equal(beside('2025-02-01', '2025-02-28', 1, '2025-03-02'), '2025-03-01 2025-03-02');
});

test('Days are counted over changes of the clock and leap days, and today is the zone\'s', () => {
  assert.equal(addDays('2024-02-28', 1), '2024-02-29');
  assert.equal(daysIn({ start: '2025-01-01', end: '2025-12-31' }), 365);
  const night = new Date('2025-03-01T03:00:00Z');
  assert.equal(todayIn('America/New_York', night), '2025-02-28');
  assert.equal(todayIn('Asia/Tokyo', night), '2025-03-01');
  assert.equal(todayIn('Nowhere/None', night), undefined);
  assert.equal(todayIn(undefined, night), undefined);
});

test('Periods are named as the locale does', () => {
  assert.equal(nameOf({ start: '2025-02-01', end: '2025-02-28' }, 'en-US'), 'February 2025');
  assert.equal(nameOf({ start: '2025-02-03', end: '2025-02-03' }, 'en-US'), 'Mon, Feb 3, 2025');
  assert.match(nameOf({ start: '2025-02-03', end: '2025-02-09' }, 'en-US'), /^Feb 3\s–\s9, 2025$/u);
  assert.match(nameOf({ start: '2025-02-03', end: '2025-02-09' }, 'not a locale'), /2025/);
  // Locales with another calendar too: the shop's days are Gregorian.
  assert.match(nameOf({ start: '2025-02-03', end: '2025-02-03' }, 'th-TH'), /2025/);
});

test('An axis has zero on it, ends outside of all values, and is marked at round numbers', () => {
  assert.deepEqual(axisFor([300, 1804.96], 0.01), { low: 0, high: 2000, ticks: [0, 500, 1000, 1500, 2000] });
  assert.deepEqual(axisFor([-40, 90], 0.01), { low: -50, high: 100, ticks: [-50, 0, 50, 100] });
  assert.deepEqual(axisFor([1, 2], 1).ticks, [0, 1, 2]);
  assert.deepEqual(axisFor([0, 0], 1).ticks, [0, 1]);
  assert.deepEqual(axisFor([0.3], 0.1).ticks, [0, 0.1, 0.2, 0.3]);
  for (const values of [[0.001, 7.3], [-5, -1], [123456789, 3], [-0.004, 0.002], [1e9, -1e9]]) {
    const { low, high, ticks } = axisFor(values, 0.001);
    assert.ok(low <= Math.min(0, ...values) && high >= Math.max(0, ...values), values.join());
    assert.ok(ticks.includes(0) && ticks.length >= 2 && ticks.length <= 7, `${values.join()}: ${ticks.join()}`);
  }
  assert.equal(strideFor(30, 600, 60), 3);
  assert.equal(strideFor(5, 600, 60), 1);
});

test('Amounts have the places of their currency, and strange ones are still shown', () => {
  const pen = penFor('en-US');
  assert.deepEqual(['USD', 'JPY', 'KWD'].map(code => pen.money(1200, code).replace(/\s/u, ' ')), ['$1,200.00', '¥1,200', 'KWD 1,200.000']);
  assert.deepEqual([pen.shortMoney(1500, 'USD'), pen.shortMoney(0.25, 'USD'), pen.shortMoney(-2000000, 'JPY')], ['$1.5K', '$0.25', '-¥2M']);
  assert.deepEqual([pen.percent(12.34, true), pen.percent(-0.9, true), pen.percent(0, true)], ['+12.3%', '-0.9%', '0%']);
  assert.equal(pen.shortMoney(5, 'not a currency'), '5 not a currency');
  assert.equal(penFor('not a locale').number(5), '5');
});

interface Asked {
  name: string;
  args: Record<string, unknown>;
}

function storeOn(answer: (asked: Asked) => ToolResult | Promise<ToolResult>, host: Partial<ReportHost> = {}): { store: ReportStore; asked: Asked[]; told: string[] } {
  const asked: Asked[] = [];
  const told: string[] = [];
  const all: ReportHost = {
    async callTool(name, args) {
      asked.push({ name, args });
      return answer({ name, args });
    },
    tellModel: text => void told.push(text),
    context: { locale: 'en-US' },
    input: undefined,
    remembered: {},
    ...host,
  };
  return { store: new ReportStore(all, () => undefined, () => new Date('2025-03-10T12:00:00Z')), asked, told };
}

const refused: ToolResult = { isError: true, content: [{ type: 'text', text: 'date_start is after date_end: swap them.' }] };

test('A refusal is shown as it is told, and over an answer it changes nothing', () => {
  const { store, asked } = storeOn(() => refused);
  assert.equal(store.receive(refused), true);
  assert.equal(store.refusal, 'date_start is after date_end: swap them.');
  assert.deepEqual(asked, []);
  store.receive({ structuredContent: report('2025-02-01', '2025-02-02') });
  assert.equal(store.refusal, undefined);
  store.receive({ ...refused, content: [{ type: 'text', text: 'Another one.' }] });
  assert.deepEqual(store.notice, { text: 'Another one.', isError: true });
  assert.equal(store.answer?.start, '2025-02-01');
});

test('Turning asks for the period beside, tells the model, and a result that comes again does not turn back', async () => {
  const { store, asked, told } = storeOn(({ args }) => ({ structuredContent: report(String(args['date_start']), String(args['date_end'])) }));
  const first = { structuredContent: report('2025-03-01', '2025-03-05') };
  store.receive(first);
  await store.turn(-1);
  assert.deepEqual(asked, [{ name: 'sales_report', args: { date_start: '2025-02-24', date_end: '2025-02-28' } }]);
  assert.equal(store.answer?.start, '2025-02-24');
  assert.match(told[0] ?? '', /2025-02-24 to 2025-02-28/);
  store.receive(first);
  assert.equal(store.answer?.start, '2025-02-24');
  store.receive({ structuredContent: report('2025-01-01', '2025-01-31') });
  assert.equal(store.answer?.start, '2025-01-01');
});

test('A turn that fails keeps what is shown and says why', async () => {
  const { store, told } = storeOn(() => {
    throw new Error('down');
  });
  store.receive({ structuredContent: report('2025-03-01', '2025-03-05') });
  await store.turn(-1);
  assert.equal(store.answer?.start, '2025-03-01');
  assert.match(store.notice?.text ?? '', /did not answer/);
  assert.equal(store.isLoading, false);
  assert.deepEqual(told, []);
});

test('An answer to an older question does not hide a newer result', async () => {
  let release!: (result: ToolResult) => void;
  const { store } = storeOn(() => new Promise<ToolResult>(resolve => (release = resolve)));
  store.receive({ structuredContent: report('2025-03-01', '2025-03-05') });
  const turning = store.turn(-1);
  assert.equal(store.isLoading, true);
  store.receive({ structuredContent: report('2025-01-01', '2025-01-31') });
  release({ structuredContent: report('2025-02-24', '2025-02-28') });
  await turning;
  assert.equal(store.answer?.start, '2025-01-01');
  assert.equal(store.isLoading, false);
});

test('There is no turning to the future', async () => {
  const { store, asked } = storeOn(() => refused);
  store.receive({ structuredContent: report('2025-03-06', '2025-03-10') });
  assert.equal(store.beside(1), undefined);
  await store.turn(1);
  assert.deepEqual(asked, []);
});

test('What was not sent is asked for with the right tool', async () => {
  const dates = { date_start: '2025-02-01', date_end: '2025-02-02' };
  const tool = async (host: Partial<ReportHost>): Promise<string | undefined> => {
    const { store, asked } = storeOn(() => ({ structuredContent: ranking }), host);
    await store.fetch();
    assert.deepEqual(asked[0]?.args, host.input);
    return asked[0]?.name;
  };
  assert.equal(await tool({ input: dates }), 'sales_report');
  assert.equal(await tool({ input: {} }), 'top_products');
  assert.equal(await tool({ input: { ...dates, n: 3 } }), 'top_products');
  assert.equal(await tool({ input: dates, context: { toolInfo: { tool: { name: 'top_products' } } } }), 'top_products');
  assert.equal(await tool({ input: dates, remembered: { view: { tool: 'top_products' } } }), 'top_products');
  assert.equal(await tool({ input: dates, remembered: { view: { tool: 'drop_everything' } } }), 'sales_report');
  await assert.rejects(storeOn(() => refused).store.fetch(), Advice);
  await assert.rejects(storeOn(() => refused, { input: dates }).store.fetch(), /swap them/);
  await assert.rejects(storeOn(() => ({ structuredContent: { ok: true } }), { input: dates }).store.fetch(), /cannot be shown/);
});

test('What is kept is how one looks at it, and no figure', () => {
  const { store } = storeOn(() => refused, { remembered: { view: { measure: 'orders', currency: 'EUR' } } });
  store.receive({ structuredContent: report('2025-02-01', '2025-02-02') });
  assert.deepEqual(store.kept, { measure: 'orders', currency: 'EUR', tool: 'sales_report' });
  assert.equal(store.currency, 'USD');
  store.choose({ currency: 'USD', measure: 'units' });
  assert.deepEqual(store.kept, { measure: 'units', currency: 'USD', tool: 'sales_report' });
});
