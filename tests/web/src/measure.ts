// Measures the widgets: their size, and the time from tool-result to painted in Chromium. `npm run measure --prefix tests/web`; with
// `-- --write` the table goes into docs/performance.md, between the markers that are its own.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { repository } from '../../node/src/server.js';
import type { JsonObject } from '../../node/src/shapes.js';
import { BackOffice, daysAgo } from './back-office.js';
import type { Conversation, Result } from './conversation.js';
import type { HostPage } from './host-page.js';
import type { HostWindow } from './host/wire.js';

const RUNS = 25;
const WARM_UP = 3;
const [begin, end] = ['<!-- widgets:begin -->', '<!-- widgets:end -->'];
const cart = { items: [{ name: 'Eggs', quantity: 2 }, { name: 'Milk' }, { name: 'Avocados', quantity: 2 }, { name: 'Tomatoes', quantity: 3 }] };
const year = { date_start: daysAgo(365), date_end: daysAgo(1) };
/** Each with the call whose result it shows, and what is on the screen once it does. */
const widgets: { name: string; tool: string; call: string; args: JsonObject; content: string; isMerchant?: boolean }[] = [
  { name: 'product-catalog', tool: 'list_products', call: 'list_products', args: {}, content: '.card' },
  { name: 'shopping-cart', tool: 'show_cart', call: 'add_to_cart', args: cart, content: '.line' },
  { name: 'checkout', tool: 'ui://widget/checkout.html', call: 'add_to_cart', args: cart, content: '.line' },
  { name: 'sales-report', tool: 'sales_report', call: 'sales_report', args: year, content: '.chart', isMerchant: true },
];

/** Milliseconds from the moment in which the host sends the result to the first frame that shows it. */
async function timeToPaint(host: HostPage, conversation: Conversation, tool: string, result: Result, content: string): Promise<number> {
  await host.show({ conversation, tool, result: null });
  await host.widget.locator('main').waitFor();
  const frame = host.page.frames().find(each => each.url().includes('/frame/'));
  assert.ok(frame);
  // Both clocks count from the same epoch: timeOrigin.
  const painted = frame.evaluate(
    selector =>
      new Promise<number>(resolve => {
        const look = (): void => {
          if (document.querySelector(selector) === null) return void requestAnimationFrame(look);
          // A task after the frame's callbacks comes after its paint.
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
          channel.port2.postMessage(0);
        };
        requestAnimationFrame(look);
      }),
    content,
  );
  const sent = await host.page.evaluate(async given => {
    const now = performance.timeOrigin + performance.now();
    await (window as unknown as HostWindow).host.sendResult(given);
    return now;
  }, result);
  return (await painted) - sent;
}

const quantile = (values: number[], share: number): number => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? NaN;
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

process.env['CARTWRIGHT_EXE'] ??= join(repository, 'artifacts/bin/Cartwright/debug/cartwright');
const office = await BackOffice.open();
const { stage } = office;
const rows: string[] = [];
try {
  await office.run('seed');
  for (const { name, tool, call, args, content, isMerchant } of widgets) {
    const conversation = await (isMerchant === true ? office : stage).converse('mcp-apps');
    const result = await conversation.call(call, args);
    const host = await stage.openWindow();
    const times: number[] = [];
    for (let run = -WARM_UP; run < RUNS; run++) {
      const time = await timeToPaint(host, conversation, tool, result, content);
      if (run >= 0) times.push(time);
    }

    const { contents } = await conversation.request('resources/read', { uri: `ui://widget/${name}.html` });
    const html = Buffer.from(String((contents as { text: string }[])[0]?.text));
    const sizes = [html.length, gzipSync(html, { level: 9 }).length, brotliCompressSync(html).length].map(kib);
    rows.push(`| ${name} | ${sizes.join(' | ')} | ${quantile(times, 0.5).toFixed(1)} ms | ${quantile(times, 0.9).toFixed(1)} ms |`);
    await stage.closeWindows();
  }
} finally {
  await office.close();
}

const section = `${begin}
## Widgets

Size of each widget as it is served, one file with everything in it (the build fails above 30 KB gzipped), and the time from the
moment the host sends the tool's result to the frame that shows it: groceries sample, a cart of four lines, a page of twelve
products, the report of a year, ${RUNS} mounts each in headless Chromium on ${cpus().length} cores${cpus()[0] === undefined ? '' : ` (${cpus()[0]?.model.trim()})`}. A frame is 16.7 ms at 60 Hz, so that a good part
of the time is waiting for the next one. \`npm run measure --prefix tests/web -- --write\` measures again.

| Widget | Plain | gzip | brotli | Result to painted, median | 90th percentile |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
${end}`;
console.log(section);
if (process.argv.includes('--write')) {
  const path = join(repository, 'docs/performance.md');
  const old = existsSync(path) ? await readFile(path, 'utf8') : `# Performance\n\n${begin}\n${end}\n`;
  const [start, stop] = [old.indexOf(begin), old.indexOf(end)];
  const next = start < 0 || stop < 0 ? `${old.trimEnd()}\n\n${section}\n` : old.slice(0, start) + section + old.slice(stop + end.length);
  await writeFile(path, next);
}
