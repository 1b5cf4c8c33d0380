import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { HostPage } from './host-page.js';

/** A host with a style of its own, as MCP Apps hosts have. */
export const styles = {
  '--color-background-primary': 'light-dark(#faf9f5, #262624)',
  '--color-background-secondary': 'light-dark(#f0eee6, #30302e)',
  '--color-text-primary': 'light-dark(#141413, #faf9f5)',
  '--color-text-secondary': 'light-dark(#5b5a54, #b8b5a9)',
  '--color-border-tertiary': 'light-dark(#e0ddd2, #40403d)',
  '--font-sans': "'Liberation Sans', sans-serif",
};

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The serious and critical faults that axe finds in the widget. */
export async function faults(host: HostPage): Promise<string[]> {
  const frame = host.page.frames().find(each => each.url().includes('/frame/'));
  assert.ok(frame);
  await frame.evaluate(axe);
  const found = await frame.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: { run(): Promise<{ violations: object[] }> } }).axe.run();
    return violations as { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html} ${node.failureSummary}`));
}
