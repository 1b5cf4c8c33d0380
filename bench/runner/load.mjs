// Runs wrk with the replay script and reads its result.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { rawRequest } from './mcp.mjs';
import { run } from './processes.mjs';

export const connections = 32;

/**
 * @typedef {object} Load
 * @property {number} requests answered ones
 * @property {number} micros how long it took
 * @property {number} status answers other than 2xx and 3xx
 * @property {number} socket connections that failed or timed out
 * @property {number} answered answers that were read, while checking
 * @property {number} toolErrors of these, how many were no good
 * @property {number} p50 microseconds
 * @property {number} p99 microseconds
 */

/**
 * @param {string} folder
 * @param {string} name
 * @param {number} port
 * @param {import('./mcp.mjs').Message[]} messages
 */
export function writeRequests(folder, name, port, messages) {
  const file = join(folder, `${name}.requests`);
  const requests = messages.map(message => rawRequest(port, message)).map(request => `${Buffer.byteLength(request)}\n${request}`);
  writeFileSync(file, requests.join(''));
  return file;
}

/**
 * One run of wrk on one thread: the load generator shares the machine with what it measures.
 * @param {number} port
 * @param {string} requests file of writeRequests
 * @param {number} seconds
 * @param {{ check?: boolean, connections?: number }} [options]
 * @returns {Promise<Load>}
 */
export async function load(port, requests, seconds, options = {}) {
  const script = join(import.meta.dirname, 'replay.lua');
  const output = await run('wrk', ['-t1', `-c${options.connections ?? connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, `http://127.0.0.1:${port}/mcp`], {
    env: { BENCH_REQUESTS: requests, BENCH_CHECK: options.check === true ? '1' : '0' },
  });
  /** @type {Load} */
  const result = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  if (result.requests === 0 || result.status > 0 || result.socket > 0 || result.toolErrors > 0 || (options.check === true && result.answered === 0)) {
    throw new Error(`the load on port ${port} was not answered as it should: ${JSON.stringify(result)}`);
  }
  return result;
}

/**
 * The same on several instances at once, which share the connections.
 * @param {{ port: number }[]} instances
 * @param {string[]} requests a file for each
 * @param {number} seconds
 * @param {{ check?: boolean }} [options]
 * @returns {Promise<Load>} of all together: the mean of the medians, and the worst of the 99th percentiles
 */
export async function loadAll(instances, requests, seconds, options = {}) {
  const share = Math.ceil(connections / instances.length);
  const loads = await Promise.all(instances.map(({ port }, index) => load(port, /** @type {string} */ (requests[index]), seconds, { ...options, connections: share })));
  /** @param {(one: Load) => number} value */
  const sum = value => loads.reduce((total, one) => total + value(one), 0);
  return {
    requests: sum(one => one.requests),
    micros: Math.max(...loads.map(one => one.micros)),
    status: sum(one => one.status),
    socket: sum(one => one.socket),
    answered: sum(one => one.answered),
    toolErrors: sum(one => one.toolErrors),
    p50: sum(one => one.p50) / loads.length,
    p99: Math.max(...loads.map(one => one.p99)),
  };
}
