// What idle sessions cost: resident memory before and after many `initialize` calls whose sessions nobody ends.
import { setTimeout as delay } from 'node:timers/promises';

import { load, writeRequests } from './load.mjs';
import { initialize } from './mcp.mjs';
import { residentMemory } from './processes.mjs';

/** @typedef {{ sessions: number, before: number, after: number }} SessionCost MiB */

// The memory that the load itself needs is there before the count starts, and garbage had a moment to go.
const warmUpSeconds = 2;
const settleMilliseconds = 2_000;
const timeLimit = 120;

/**
 * @param {import('./contenders.mjs').Contender} contender
 * @param {number} sessions at least so many
 * @param {string} folder
 * @returns {Promise<SessionCost>}
 */
export async function measureSessions(contender, sessions, folder) {
  const messages = Array.from({ length: 64 }, (_, id) => initialize(id + 1));
  const file = writeRequests(folder, 'initialize', contender.port, messages);
  const warm = await load(contender.port, file, warmUpSeconds, { check: true });
  await delay(settleMilliseconds);
  const before = residentMemory(contender.pid);
  let opened = 0;
  let rate = warm.requests / warmUpSeconds;
  for (let spent = 0; opened < sessions; ) {
    // wrk counts in seconds, not in requests.
    const seconds = Math.max(1, Math.min(timeLimit - spent, Math.ceil((sessions - opened) / rate)));
    if (spent >= timeLimit) throw new Error(`${contender.name} opened only ${opened} of ${sessions} sessions in ${timeLimit} s`);
    const { requests } = await load(contender.port, file, seconds);
    opened += requests;
    spent += seconds;
    rate = requests / seconds;
  }
  await delay(settleMilliseconds);
  return { sessions: opened, before, after: residentMemory(contender.pid) };
}
