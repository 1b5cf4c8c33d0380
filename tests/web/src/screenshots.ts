// Makes docs/images: every widget, and the checkout page, in light, dark and on a phone. `npm run screenshots --prefix tests/web`; with
// `-- sales` only those of the back office.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { repository } from '../../node/src/server.js';
import type { JsonObject } from '../../node/src/shapes.js';
import { BackOffice } from './back-office.js';
import type { CheckoutTab } from './checkout-tab.js';
import type { Conversation } from './conversation.js';
import { Stage } from './stage.js';

interface Shot {
  widget: string;
  tool: string;
  /** What the conversation did before, and what the tool is called with. */
  before: [tool: string, args: JsonObject][];
  args: JsonObject;
  /** Height after which the picture is cut, in CSS pixels. */
  limit?: number;
}

const groceries: Shot['before'] = [['add_to_cart', { items: [{ name: 'Eggs', quantity: 2 }, { name: 'Milk' }, { name: 'Avocados', quantity: 2 }, { name: 'Tomatoes', quantity: 3 }] }]];
const shots: Shot[] = [
  { widget: 'product-catalog', tool: 'list_products', before: groceries, args: {}, limit: 900 },
  { widget: 'shopping-cart', tool: 'show_cart', before: groceries, args: {} },
  { widget: 'checkout', tool: 'start_checkout', before: groceries, args: {} },
];
const looks = [
  { name: 'light', theme: 'light', width: 760 },
  { name: 'dark', theme: 'dark', width: 760 },
  { name: 'phone', theme: 'light', width: 375 },
];

process.env['CARTWRIGHT_EXE'] ??= join(repository, 'artifacts/bin/Cartwright/debug/cartwright');
// Hosts bring a font of their own; this one looks alike on every machine that has it.
const font = "Inter, 'Liberation Sans', Arial, sans-serif";
const folder = join(repository, 'docs/images');
await mkdir(folder, { recursive: true });
if (!process.argv.includes('sales')) await shootShop();
await shootBackOffice();

/** A widget in every look; the picture is taken when `content` is there. */
async function shoot(stage: Stage, conversation: Conversation, shot: Shot, content: string): Promise<void> {
  const result = await conversation.call(shot.tool, shot.args);
  for (const { name, theme, width } of looks) {
    const host = await stage.openWindow({ exact: true, viewport: { width, height: 1800 }, deviceScaleFactor: 2 });
    await host.show({ conversation, tool: shot.tool, args: shot.args, result, context: { theme, locale: 'en-US', styles: { '--font-sans': font } }, width });
    await host.widget.locator(content).first().waitFor();
    await host.page.waitForTimeout(800);
    const box = await host.page.locator('iframe').boundingBox();
    const height = Math.min(Math.ceil(box?.height ?? 0), shot.limit ?? 1800);
    await host.page.screenshot({ path: join(folder, `${shot.widget}-${name}.png`), clip: { x: 0, y: 0, width, height } });
  }

  await stage.closeWindows();
}

/** The sample shop's last 30 days, made up. */
async function shootBackOffice(): Promise<void> {
  const office = await BackOffice.open(undefined, { CARTWRIGHT_CATALOG: join(repository, 'samples/plantly.json') });
  try {
    await office.run('seed');
    const conversation = await office.converse('mcp-apps');
    const top = { widget: 'top-products', tool: 'top_products', before: [], args: {} };
    const { date_start, date_end } = (await conversation.call(top.tool))['structuredContent'] as Record<string, string>;
    await shoot(office.stage, conversation, { widget: 'sales-report', tool: 'sales_report', before: [], args: { date_start, date_end } }, 'path.line');
    await shoot(office.stage, conversation, top, '.bars');
  } finally {
    await office.close();
  }
}

async function shootShop(): Promise<void> {
  const stage = await Stage.open();
  try {
    for (const shot of shots) {
      const conversation = await stage.converse('mcp-apps');
      for (const [tool, args] of shot.before) await conversation.call(tool, args);
      await shoot(stage, conversation, shot, 'main img');
    }

    for (const { name, theme, width } of looks) {
      const conversation = await stage.converse('mcp-apps');
      for (const [tool, args] of groceries) await conversation.call(tool, args);
      const { checkout_url } = (await conversation.call('start_checkout'))['structuredContent'] as { checkout_url: string };
      const tab = await stage.openTab(checkout_url, {
        viewport: { width: width === 375 ? 375 : 1000, height: 700 },
        deviceScaleFactor: 2,
        colorScheme: theme === 'dark' ? 'dark' : 'light',
        bypassCSP: true,
      });
      await tab.page.addStyleTag({ content: `:root { --font-sans: ${font}; }` });
      if (name !== 'phone') {
        await tab.introduce();
        await tab.page.addStyleTag({ content: `:root { --font-sans: ${font}; }` });
      }

      if (name === 'light') await shootPage(tab, 'checkout-page-light');
      if (name === 'phone') await shootPage(tab, 'checkout-page-phone');
      if (name === 'dark') {
        await tab.choose('Approve');
        await tab.reach('paid');
        await tab.page.addStyleTag({ content: `:root { --font-sans: ${font}; }` });
        await shootPage(tab, 'checkout-page-dark');
      }
    }
    await stage.closeWindows();
  } finally {
    await stage.close();
  }
}

async function shootPage(tab: CheckoutTab, name: string): Promise<void> {
  await tab.page.mouse.move(0, 0);
  await tab.page.waitForTimeout(800);
  await tab.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
