// list_products and add_to_cart: interleaved rounds of load, with resident memory sampled meanwhile.
import { inParallel, callTool, toolCall } from './mcp.mjs';
import { load, loadAll, writeRequests } from './load.mjs';
import { sampleMemory } from './processes.mjs';

/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./mcp.mjs').Wire} Wire */
/** @typedef {{ rate: number, p50: number, p99: number }} Throughput requests per second; microseconds, medians of the rounds */
/** @typedef {{ rounds: number, seconds: number, warmUp: number }} Plan */

/** Peak and mean are taken over these samples, in MiB, by contender. @typedef {Map<string, number[]>} MemorySamples */

const requestsInFile = 4096;
const carts = 1024;
/** All with 500 or more in stock. A cart takes 99 of each. */
const products = ['eggs', 'milk', 'avocados', 'tomatoes'];
const lineLimit = 99;

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? /** @type {number} */ (sorted[middle]) : (/** @type {number} */ (sorted[middle - 1]) + /** @type {number} */ (sorted[middle])) / 2;
}

/** @param {import('./load.mjs').Load[]} rounds @returns {Throughput} */
export function summarize(rounds) {
  const requests = rounds.reduce((sum, round) => sum + round.requests, 0);
  const micros = rounds.reduce((sum, round) => sum + round.micros, 0);
  return { rate: (requests / micros) * 1e6, p50: median(rounds.map(round => round.p50)), p99: median(rounds.map(round => round.p99)) };
}

/** @param {MemorySamples} memory @param {Contender} contender */
function samplesOf(memory, contender) {
  const samples = memory.get(contender.name) ?? [];
  memory.set(contender.name, samples);
  return samples;
}

/**
 * Warms every lane up with all answers checked, then measures them in turn, round by round, each round in another order.
 * @param {{ key: string, contender: Contender, wire: Wire }[]} lanes
 * @param {Plan} plan @param {string} folder @param {MemorySamples} memory
 * @returns {Promise<Map<string, Throughput>>}
 */
export async function measureListing(lanes, plan, folder, memory) {
  const files = new Map();
  for (const { key, contender, wire } of lanes) {
    const messages = Array.from({ length: 256 }, (_, id) => toolCall(wire, id + 1, 'list_products', {}, contender.session));
    files.set(key, writeRequests(folder, key, contender.port, messages));
    await load(contender.port, files.get(key), plan.warmUp, { check: true });
  }
  /** @type {Map<string, import('./load.mjs').Load[]>} */
  const results = new Map(lanes.map(({ key }) => [key, []]));
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < lanes.length; turn++) {
      const lane = /** @type {typeof lanes[number]} */ (lanes[(turn + round) % lanes.length]);
      const { key, contender } = lane;
      const result = await sampleMemory(contender.pid, samplesOf(memory, contender), () => load(contender.port, files.get(key), plan.seconds));
      results.get(key)?.push(result);
    }
  }
  return new Map([...results].map(([key, rounds]) => [key, summarize(rounds)]));
}

/** New carts with one egg each. @param {Contender} contender @param {Wire} wire */
async function makeCarts(contender, wire) {
  const first = { items: [{ product_id: 'eggs', quantity: 1 }] };
  const made = await inParallel(new Array(carts).fill(first), args => callTool(contender.port, wire, contender.session, 'add_to_cart', args));
  return made.map(result => /** @type {string} */ (result.structuredContent.cart_id));
}

/** @param {Contender} contender @param {Wire} wire @param {string[]} ids @returns {Promise<number>} items in all carts together */
async function countItems(contender, wire, ids) {
  const shown = await inParallel(ids, cart_id => callTool(contender.port, wire, contender.session, 'show_cart', { cart_id }));
  return shown.reduce((sum, result) => sum + result.structuredContent.item_count, 0);
}

/**
 * One round of adds on carts of its own, so that no line reaches its limit, through all instances of a shop at once. Afterwards the carts
 * are counted: each answered add is in its cart, which proves that none was a tool error.
 * @template {import('./load.mjs').Load} T
 * @param {Contender[]} instances @param {Wire} wire @param {string} folder @param {number} seconds @param {boolean} check
 * @param {(work: () => Promise<import('./load.mjs').Load>) => Promise<T>} measure runs the load alone, without what goes before and after
 */
export async function addRound(instances, wire, folder, seconds, check, measure) {
  const contender = /** @type {Contender} */ (instances[0]);
  const ids = await makeCarts(contender, wire);
  const files = instances.map(({ port, session }, instance) => {
    // Each instance at another place of the circle, or all would wait for each other at one cart.
    const ahead = Math.floor((instance * carts) / instances.length);
    const messages = Array.from({ length: requestsInFile }, (_, index) => {
      const at = index + ahead;
      const product_id = products[Math.floor(at / carts) % products.length];
      return toolCall(wire, index + 1, 'add_to_cart', { cart_id: ids[at % carts], items: [{ product_id, quantity: 1 }] }, session);
    });
    return writeRequests(folder, `add-${instance}`, port, messages);
  });
  const result = await measure(() => loadAll(instances, files, seconds, { check }));
  if (result.requests > requestsInFile * (lineLimit - 2)) throw new Error('the carts are too small for this rate: raise `carts` in throughput.mjs');
  const added = (await countItems(contender, wire, ids)) - carts;
  // wrk does not count what was under way when it stopped: at most one request per connection.
  if (added < result.requests || added > result.requests + 64) {
    throw new Error(`${contender.name} answered ${result.requests} adds, but its carts hold ${added} items more`);
  }
  return result;
}

/**
 * @param {{ contender: Contender, wire: Wire }[]} lanes
 * @param {Plan} plan @param {string} folder @param {MemorySamples} memory
 * @returns {Promise<Map<string, Throughput>>} by contender
 */
export async function measureAdding(lanes, plan, folder, memory) {
  for (const { contender, wire } of lanes) await addRound([contender], wire, folder, plan.warmUp, true, work => work());
  /** @type {Map<string, import('./load.mjs').Load[]>} */
  const results = new Map(lanes.map(({ contender }) => [contender.name, []]));
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < lanes.length; turn++) {
      const { contender, wire } = /** @type {typeof lanes[number]} */ (lanes[(turn + round) % lanes.length]);
      results.get(contender.name)?.push(await addRound([contender], wire, folder, plan.seconds, false, work => sampleMemory(contender.pid, samplesOf(memory, contender), work)));
    }
  }
  return new Map([...results].map(([key, rounds]) => [key, summarize(rounds)]));
}
