// How fast history is loaded, and how fast questions about it are answered, by its size.
import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { run, start } from './processes.mjs';
import { once } from 'node:events';

/** @typedef {{ lines: number, loadSeconds: number, processorSeconds: number, databaseBytes: number, times: Record<string, number[]> }} SalesResult */

/**
 * @param {string} asker bench/SalesHistory, published
 * @param {string} executable
 * @param {string} folder
 * @param {number} lines
 * @param {number} rounds
 * @returns {Promise<SalesResult>}
 */
export async function measureSales(asker, executable, folder, lines, rounds) {
  const data = join(folder, `sales-${lines}`);
  const [file, catalog] = [`${data}.csv`, `${data}.json`];
  mkdirSync(data, { recursive: true });
  await produce(asker, ['make', String(lines)], file);
  await produce(asker, ['catalog'], catalog);
  const env = { CARTWRIGHT_DATA: data };
  await run(executable, ['catalog', 'load', catalog], { env });
  // Reading the file is the disk's business, not the load's.
  for await (const chunk of createReadStream(file)) void chunk;
  const began = performance.now();
  const output = await run('sh', ['-c', '"$0" sales load "$1" && times', executable, file], { env });
  const loadSeconds = (performance.now() - began) / 1000;
  // The last line of times has the children's user and system time, as 0m4.52s.
  const processorSeconds = [...(output.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0);
  const databaseBytes = statSync(join(data, 'cartwright.db')).size;
  const times = JSON.parse(await run(asker, ['ask', data, String(rounds)]));
  rmSync(file);
  rmSync(data, { recursive: true });
  return { lines, loadSeconds, processorSeconds, databaseBytes, times };
}

/** @param {string} command @param {string[]} args @param {string} file */
async function produce(command, args, file) {
  const child = start(command, args);
  if (child.stdout === null) throw new Error(`${command} has no output`);
  const ended = once(child, 'close');
  await pipeline(child.stdout, createWriteStream(file));
  const [code] = await ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}
