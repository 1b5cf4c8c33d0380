// Makes docs/images/playground-*.png: `npm run screenshots --prefix tests/playground`
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { repository, startShop } from '../../node/src/server.js';
import { launch, Visitor } from './visitor.js';

process.env['CARTWRIGHT_EXE'] ??= join(repository, 'artifacts/bin/Cartwright/debug/cartwright');
const folder = join(repository, 'docs/images');
await mkdir(folder, { recursive: true });
const shop = await startShop();
// Twice the pixels, also inside frames.
const browser = await launch(['--force-device-scale-factor=2', '--hide-scrollbars', '--font-render-hinting=none']);
const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1360, height: 860 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 860 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;
try {
  for (const { name, colorScheme, viewport } of looks) {
    const visitor = await Visitor.open(browser, shop.endpoint, { colorScheme, viewport, deviceScaleFactor: 2 });
    if (name === 'dark') await visitor.choose('Host', 'ChatGPT');
    await visitor.chip(0).click();
    await visitor.widget(0).getByRole('heading', { name: 'Eggs', exact: true }).waitFor();
    if (name !== 'light') {
      await visitor.chip(1).click();
      await visitor.widget(1).getByRole('button', { name: 'One more Milk' }).click();
      await visitor.widget(1).getByText('4 items', { exact: true }).waitFor();
      await visitor.chip(3).click();
      await visitor.widget(2).getByText('7 items', { exact: true }).waitFor();
    }

    await visitor.page.mouse.move(0, 0);
    // Pictures load and smooth scrolling ends.
    await visitor.page.waitForTimeout(1500);
    await visitor.page.screenshot({ path: join(folder, `playground-${name}.png`) });
    await visitor.close();
  }
} finally {
  await browser.close();
  await shop.stop();
}
