import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Page } from 'playwright-core';

export const ada = { email: 'ada@example.com', name: 'Ada Lovelace', line1: '12 Analytical Row', city: 'London', postal_code: 'N1 9GU', country: 'GB' };

/** What a step of the page is called in its document: details, payment, approval, pending, paid, and so on. */
export type PageStage = 'details' | 'payment' | 'approval' | 'pending' | 'authorized' | 'paid' | 'refunded' | 'voided' | 'expired';

/** A browser window on the shop's checkout page. */
export class CheckoutTab {
  /** Errors on the console and violations of the page's policy. */
  complaints: string[] = [];

  constructor(readonly page: Page) {
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', error => this.complaints.push(String(error)));
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  /** Waits until the page shows the step. Generous: a machine under load takes its time. */
  async reach(stage: PageStage): Promise<void> {
    await this.page.locator(`body[data-stage="${stage}"]`).waitFor({ timeout: 60_000 });
  }

  async fill(details: Record<string, string> = ada): Promise<void> {
    for (const [name, value] of Object.entries(details)) {
      const field = this.page.locator(`[name="${name}"]`);
      if (name === 'country') await field.selectOption(value);
      else await field.fill(value);
    }
  }

  async submit(): Promise<void> {
    await this.page.getByRole('button', { name: 'Continue to payment' }).click();
  }

  /** Fills in who buys and where it goes, and goes on to the payment. */
  async introduce(): Promise<void> {
    await this.fill();
    await this.submit();
    await this.reach('payment');
  }

  async choose(outcome: string): Promise<void> {
    await this.page.getByRole('button', { name: outcome, exact: true }).click();
  }

  heading(): Promise<string> {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  /** Everything that axe finds, not only what is serious: the page is ours alone. */
  async faults(): Promise<string[]> {
    // Through the debugging protocol: the page's policy lets no script in.
    await this.page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } };
      return (await axe.run()).violations as { id: string; nodes: { html: string; failureSummary: string }[] }[];
    });
    return found.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html} ${node.failureSummary}`));
  }

  /** Takes one kind of complaint away that a test provokes; it must have come up. */
  forgive(pattern: RegExp): void {
    assert.ok(this.complaints.some(text => pattern.test(text)), `nothing like ${pattern} in ${this.complaints.join('\n')}`);
    this.complaints = this.complaints.filter(text => !pattern.test(text));
  }
}
