import assert from 'node:assert/strict';

import type { Browser } from 'playwright-core';

import { after, before, test } from '../../node/src/limits.js';
import { startShop, type Shop } from '../../node/src/server.js';
import { eventually, launch, Visitor } from './visitor.js';

let shop: Shop;
let browser: Browser;
before(async () => {
  shop = await startShop();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

test('A widget can neither reach the page nor anything that its resource does not declare, and the log says so', async () => {
  const visitor = await Visitor.open(browser, shop.endpoint);
  await visitor.chip(1).click();
  const widget = visitor.widget(0);
  await widget.getByText('3 items', { exact: true }).waitFor();
  const reached = await widget.locator('html').evaluate(async () => {
    const attempts: Record<string, () => unknown> = {
      origin: () => (window.origin === 'null' ? Promise.reject(new Error()) : true),
      page: () => window.top?.document.title,
      storage: () => localStorage.length,
      cookies: () => document.cookie,
      elsewhere: () => fetch('https://elsewhere.example/'),
      // From a timer: what the debugger evaluates is not under the policy.
      eval: () => new Promise((resolve, reject) => setTimeout(() => {
        try {
          resolve(new Function('return 1')());
        } catch (error) {
          reject(error as Error);
        }
      })),
    };
    const done: string[] = [];
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        await attempt();
        done.push(name);
      } catch {
        // Refused, as it should be.
      }
    }

    const image = new Image();
    const loaded = new Promise(resolve => {
      image.onload = () => resolve(true);
      image.onerror = () => resolve(false);
    });
    image.src = 'https://elsewhere.example/pixel.png';
    if (await loaded) done.push('image');
    return done;
  });
  assert.deepEqual(reached, []);
  const violations = async (): Promise<string[]> => (await visitor.log()).filter(entry => entry.includes('CSP violation')).sort();
  await eventually(violations, [
    'widget → host: CSP violation connect-src: https://elsewhere.example/',
    'widget → host: CSP violation img-src: https://elsewhere.example/pixel.png',
    'widget → host: CSP violation script-src: eval',
  ]);
  await visitor.close();
});

test('The policy of the sandbox cannot be extended by what is asked of it', async () => {
  for (const evil of ["https://a.example; script-src *", 'https://a.example\r\nX-Evil: 1', 'https://a.example\n', "'unsafe-eval'", '*', 'https:']) {
    for (const name of ['connect', 'resource', 'frame', 'base', 'Resource']) {
      const address = new URL('/playground/sandbox', shop.endpoint);
      address.searchParams.append(name, evil);
      const response = await fetch(address);
      assert.equal(response.status, 400, `${name}=${evil}`);
      assert.equal(response.headers.get('x-evil'), null);
    }
  }
});

test('Switched off, there is the front page and no playground', async t => {
  process.env['CARTWRIGHT_PLAYGROUND'] = 'off';
  const off = await startShop();
  delete process.env['CARTWRIGHT_PLAYGROUND'];
  t.after(() => off.stop());
  const front = await (await fetch(new URL('/', off.endpoint))).text();
  assert.match(front, /Cartwright is serving a shop/);
  for (const path of ['/playground/sandbox', '/playground/playground.js', '/playground/playground.css']) {
    assert.equal((await fetch(new URL(path, off.endpoint))).status, 404);
  }
});
