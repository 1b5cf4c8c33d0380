import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

import { chromium, type Browser, type BrowserContextOptions, type FrameLocator, type Locator, type Page } from 'playwright-core';

import { callTool } from '../../node/src/rpc.js';
import { asCart, asObject, type JsonObject } from '../../node/src/shapes.js';

const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch(more: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: [...flags, ...more] });
}

/** Someone who has opened the playground in a browser window of their own. */
export class Visitor {
  /** Errors and warnings on the console, among them violations of a policy, in the page and in its frames. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly endpoint: URL,
  ) {
    this.watch(page);
  }

  private watch(page: Page): void {
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', error => this.complaints.push(String(error)));
  }

  static async open(browser: Browser, endpoint: URL, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
    const visitor = new Visitor(await context.newPage(), endpoint);
    await visitor.page.goto(new URL('/', endpoint).href);
    await visitor.chip(0).waitFor();
    return visitor;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  /** A step of the guided line, counted from 0. */
  chip(index: number): Locator {
    return this.page.locator('.guide .chip').nth(index);
  }

  async choose(group: string, label: string): Promise<void> {
    await this.page.getByRole('group', { name: group, exact: true }).getByText(label, { exact: true }).click();
  }

  turn(index: number): Locator {
    return this.page.locator('.turn').nth(index);
  }

  /** Opens one view of a turn's answer. The strip moves while the widget above it grows, so a click may miss: it is repeated until the view is there. */
  async openView(index: number, name: string): Promise<Locator> {
    const tab = this.turn(index).getByRole('button', { name, exact: true });
    const view = this.turn(index).getByRole('region', { name, exact: true });
    await tab.waitFor();
    await eventually(async () => {
      if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
      return view.isVisible();
    }, true);
    return view;
  }

  /** The document of a turn's widget: a frame in the sandbox's frame. */
  widget(turn: number): FrameLocator {
    return this.turn(turn).frameLocator('iframe.widget').frameLocator('iframe');
  }

  /** The tab that an action opens; what its console complains about counts too. */
  async opened(action: () => Promise<void>): Promise<Page> {
    const [tab] = await Promise.all([this.page.context().waitForEvent('page'), action()]);
    this.watch(tab);
    return tab;
  }

  /** Calls a tool through the panel, with plain JSON. */
  async callTool(name: string, args: JsonObject): Promise<void> {
    await this.openTool(name);
    await this.page.getByRole('button', { name: 'JSON', exact: true }).click();
    await this.page.getByLabel('Arguments as JSON').fill(JSON.stringify(args));
    await this.page.getByRole('button', { name: `Run ${name}` }).click();
  }

  async openTool(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Call a tool' }).click();
    await this.page.locator('.tool-list').getByText(name, { exact: true }).click();
  }

  /** The way and the method of every entry of the log. */
  async log(): Promise<string[]> {
    const entries = await this.page.locator('.entry > button').evaluateAll(buttons =>
      buttons.map(button => [button.querySelector('.way'), button.querySelector('.method')].map(part => part?.textContent?.replace(/\s+/g, ' ').trim()).join(': ')));
    return entries.map(entry => entry.replace(' → to ', ' → '));
  }

  /** What the page keeps of the conversation. */
  async conversation(): Promise<{ id: string; cartId: string | undefined; turns: unknown[] }> {
    const text = await this.page.evaluate(() => sessionStorage.getItem('cartwright.playground.conversation'));
    return asObject(JSON.parse(text ?? 'null'), 'conversation') as unknown as { id: string; cartId: string | undefined; turns: unknown[] };
  }

  /** What is in the conversation's cart, asked of the server and not of the page. */
  async cart(): Promise<Record<string, number>> {
    const { cartId } = await this.conversation();
    assert.ok(cartId, 'the conversation has no cart');
    const result = await callTool(this.endpoint, 'show_cart', { cart_id: cartId });
    return Object.fromEntries(asCart(result['structuredContent']).items.map(line => [line.product_id, line.quantity]));
  }

  /** The serious and critical faults that axe finds in the page itself; widgets have tests of their own. */
  async faults(): Promise<string[]> {
    // Through the debugging protocol: the page's policy lets no script in.
    await this.page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(root: Document, options: object): Promise<{ violations: unknown[] }> } };
      const { violations } = await axe.run(document, { iframes: false });
      return violations as { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
    });
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html} ${node.failureSummary}`));
  }
}

/** Waits until `read` gives `expected`, and fails with what it gave, or threw, last. */
export async function eventually<T>(read: () => Promise<T>, expected: T, limit = 10_000): Promise<void> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      assert.deepEqual(await read(), expected);
      return;
    } catch (difference) {
      if (Date.now() > deadline) throw difference;
    }

    await delay(50);
  }
}
