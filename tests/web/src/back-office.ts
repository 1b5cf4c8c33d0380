import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Conversation } from './conversation.js';
import type { Dialect } from './host/wire.js';
import { Stage } from './stage.js';

const key = 'the-key-of-the-widget-tests';

/** A shop with its back office open, and what the merchant does at the command line. */
export class BackOffice {
  private constructor(
    readonly stage: Stage,
    private readonly data: string,
  ) {}

  /** With a history as CSV. */
  static async open(history?: string, settings: Record<string, string> = {}): Promise<BackOffice> {
    const data = await mkdtemp(join(tmpdir(), 'cartwright-test-'));
    const stage = await Stage.open(undefined, { CARTWRIGHT_DATA: data, CARTWRIGHT_SALES_KEY: key, ...settings });
    const office = new BackOffice(stage, data);
    if (history !== undefined) {
      const file = join(data, 'history.csv');
      await writeFile(file, history);
      await office.run('load', file);
    }

    return office;
  }

  converse(dialect: Dialect): Promise<Conversation> {
    return Conversation.begin(new URL('/sales/mcp', this.stage.shop.endpoint), dialect, key);
  }

  /** `cartwright sales …` on the same data. */
  async run(...args: string[]): Promise<void> {
    await promisify(execFile)(process.env['CARTWRIGHT_EXE'] ?? '', ['sales', ...args], { env: { ...process.env, CARTWRIGHT_DATA: this.data } });
  }

  async close(): Promise<void> {
    await this.stage.close();
    await rm(this.data, { recursive: true, force: true });
  }
}
