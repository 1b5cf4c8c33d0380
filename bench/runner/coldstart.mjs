// From the start of the process to its first answered tools/call.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { peerLaunch, shopLaunch, startProcess } from './contenders.mjs';
import { callTool, openSession } from './mcp.mjs';
import { freePort, stop } from './processes.mjs';
import { median } from './throughput.mjs';

const limit = 20_000;

/** @param {number} port As its wire wants it: one call. */
async function callShop(port) {
  await callTool(port, 'modern', undefined, 'list_products', {});
}

/** @param {number} port As its wire wants it: initialize, initialized, call. */
async function callPeer(port) {
  await callTool(port, 'legacy', await openSession(port), 'list_products', {});
}

/** @param {unknown} error */
function isNotListening(error) {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET');
}

/**
 * @param {import('./contenders.mjs').Launch} launch
 * @param {(port: number) => Promise<void>} call
 * @returns {Promise<number>} milliseconds
 */
async function timeToFirstCall(launch, call) {
  const port = await freePort();
  const began = performance.now();
  const { child, output } = startProcess(launch, port);
  try {
    for (;;) {
      try {
        await call(port);
        return performance.now() - began;
      } catch (error) {
        if (!isNotListening(error)) throw error;
        if (child.exitCode !== null || performance.now() - began > limit) throw new Error(`${launch.command} did not come up:\n${output()}`);
        await delay(2);
      }
    }
  } finally {
    await stop(child);
  }
}

/**
 * @param {string} executable @param {number} times @param {string} folder
 * @returns {Promise<{ existing: number, empty: number, peer: number }>} medians in milliseconds
 */
export async function measureColdStart(executable, times, folder) {
  const existing = mkdtempSync(join(folder, 'existing-'));
  // Makes the data folder, and brings every contender's files into the page cache.
  await timeToFirstCall(shopLaunch(executable, existing), callShop);
  await timeToFirstCall(peerLaunch(), callPeer);
  /** @type {{ existing: number[], empty: number[], peer: number[] }} */
  const results = { existing: [], empty: [], peer: [] };
  mkdirSync(join(folder, 'empty'));
  for (let turn = 0; turn < times; turn++) {
    results.existing.push(await timeToFirstCall(shopLaunch(executable, existing), callShop));
    results.empty.push(await timeToFirstCall(shopLaunch(executable, join(folder, 'empty', String(turn))), callShop));
    results.peer.push(await timeToFirstCall(peerLaunch(), callPeer));
  }
  return { existing: median(results.existing), empty: median(results.empty), peer: median(results.peer) };
}
