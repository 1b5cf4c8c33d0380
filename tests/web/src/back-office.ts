import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Conversation } from './conversation.js';
import type { Dialect } from './host/wire.js';
import { Stage } from './stage.js';

const key = 'the-key-of-the-widget-tests';

/** The day so many days ago, in UTC. */
export const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** A shop with its back office open, and what the merchant does at the command line. */
export class BackOffice {
  private constructor(readonly stage: Stage) {}

  /** With a history as CSV. */
  static async open(history?: string, settings: Record<string, string> = {}): Promise<BackOffice> {
    const stage = await Stage.open(undefined, { CARTWRIGHT_SALES_KEY: key, ...settings });
    const office = new BackOffice(stage);
    try {
      if (history !== undefined) {
        const file = join(stage.shop.env['CARTWRIGHT_DATA'] ?? '', 'history.csv');
        await writeFile(file, history);
        await office.run('load', file);
      }

      return office;
    } catch (error) {
      // Or its browser would keep the test run from ending.
      await office.close();
      throw error;
    }
  }

  converse(dialect: Dialect): Promise<Conversation> {
    return Conversation.begin(new URL('/sales/mcp', this.stage.shop.endpoint), dialect, key);
  }

  /** `cartwright sales …` on the same data. */
  async run(...args: string[]): Promise<void> {
    await promisify(execFile)(process.env['CARTWRIGHT_EXE'] ?? '', ['sales', ...args], { env: { ...process.env, ...this.stage.shop.env } });
  }

  close(): Promise<void> {
    return this.stage.close();
  }
}
