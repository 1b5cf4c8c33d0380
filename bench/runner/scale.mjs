// The shop on PostgreSQL: one, two and four instances beside SQLite and the TypeScript peer, and what an add costs as carts become many.
import { createHash } from 'node:crypto';

import { startInstance, startPeer, startShop } from './contenders.mjs';
import { loadAll, writeRequests } from './load.mjs';
import { toolCall } from './mcp.mjs';
import { startPostgres } from './postgres.mjs';
import { processorSeconds, sampleMemory } from './processes.mjs';
import { count } from './report.mjs';
import { addRound, summarize } from './throughput.mjs';

/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./load.mjs').Load} Load */
/** @typedef {import('./mcp.mjs').Wire} Wire */
/** @typedef {import('./postgres.mjs').PostgresServer} PostgresServer */
/** @typedef {import('./throughput.mjs').Plan} Plan */
/** @typedef {import('./throughput.mjs').Throughput} Throughput */
/** @typedef {{ key: string, instances: Contender[], wire: Wire, pids: () => number[] }} Lane pids of the database's processes */
/** @typedef {Throughput & { shopMicros: number, databaseMicros: number }} Cost processor time for each call */
/** @typedef {{ key: string, list: Cost, add: Cost, memory: number }} LaneResult memory: highest of the first instance, MiB */
/** @typedef {{ carts: number, add: Cost }} GrowthResult */

/** So many carts are added to, spread evenly over all there are, or all when there are fewer. */
export const cartsInUse = 16_384;
const fillStep = 500_000;

/**
 * @param {string} executable @param {string} folder @param {Plan} plan @param {(text: string) => void} say
 * @returns {Promise<LaneResult[]>}
 */
export async function measureInstances(executable, folder, plan, say) {
  const postgres = await startPostgres(folder);
  const database = await postgres.createDatabase('instances');
  const instances = [await startInstance(executable, folder, database)];
  while (instances.length < 4) instances.push(await startInstance(executable, folder, database));
  const [shop, peer] = [await startShop(executable, folder), await startPeer()];
  const none = () => /** @type {number[]} */ ([]);
  /** @type {Lane[]} */
  const lanes = [
    { key: 'SQLite, one process', instances: [shop], wire: 'modern', pids: none },
    ...[1, 2, 4].map(count => ({
      key: `PostgreSQL, ${count} instance${count > 1 ? 's' : ''}`,
      instances: instances.slice(0, count),
      wire: /** @type {Wire} */ ('modern'),
      pids: postgres.pids,
    })),
    { key: 'TypeScript peer, in memory', instances: [peer], wire: 'legacy', pids: none },
  ];
  const listing = new Map(lanes.map(lane => [lane, listRequests(folder, lane)]));
  /** @type {Map<Lane, { list: Sample[], add: Sample[], memory: number[] }>} */
  const results = new Map(lanes.map(lane => [lane, { list: [], add: [], memory: [] }]));
  for (const lane of lanes) {
    say(`warming up: ${lane.key}`);
    await loadAll(lane.instances, listing.get(lane) ?? [], plan.warmUp, { check: true });
    await addRound(lane.instances, lane.wire, folder, plan.warmUp, true, work => work());
  }
  for (let round = 0; round < plan.rounds; round++) {
    say(`round ${round + 1} of ${plan.rounds}`);
    for (let turn = 0; turn < lanes.length; turn++) {
      const lane = /** @type {Lane} */ (lanes[(turn + round) % lanes.length]);
      const result = results.get(lane);
      if (result === undefined) continue;
      /** @param {() => Promise<Load>} work */
      const measure = work => sample(lane, () => sampleMemory(lane.instances[0]?.pid ?? 0, result.memory, work));
      result.list.push(await measure(() => loadAll(lane.instances, listing.get(lane) ?? [], plan.seconds)));
      result.add.push(await addRound(lane.instances, lane.wire, folder, plan.seconds, false, measure));
    }
  }
  await Promise.all([shop, peer, ...instances].map(contender => contender.stop()));
  await postgres.stop();
  return [...results].map(([{ key }, { list, add, memory }]) => ({ key, list: cost(list), add: cost(add), memory: Math.max(...memory) }));
}

/**
 * The same load on databases of different size, in turns.
 * @param {string} executable @param {string} folder @param {Plan} plan @param {number[]} sizes numbers of carts @param {(text: string) => void} say
 * @returns {Promise<GrowthResult[]>}
 */
export async function measureGrowth(executable, folder, plan, sizes, say) {
  const postgres = await startPostgres(folder);
  /** @type {{ carts: number, database: string, lane: Lane, files: string[], samples: Sample[] }[]} */
  const shops = [];
  for (const carts of sizes) {
    const database = `carts_${carts}`;
    const shop = await startInstance(executable, folder, await postgres.createDatabase(database));
    await fill(postgres, database, carts, say);
    const lane = { key: database, instances: [shop], wire: /** @type {Wire} */ ('modern'), pids: postgres.pids };
    shops.push({ carts, database, lane, files: [writeRequests(folder, database, shop.port, addsTo(carts))], samples: [] });
  }
  await postgres.query('postgres', 'checkpoint');
  for (const { lane, files, carts } of shops) {
    say(`warming up: ${count(carts)} carts`);
    await loadAll(lane.instances, files, 2 * plan.warmUp, { check: true });
  }
  for (let round = 0; round < plan.rounds; round++) {
    say(`round ${round + 1} of ${plan.rounds}`);
    for (let turn = 0; turn < shops.length; turn++) {
      const { lane, files, database, samples } = /** @type {typeof shops[number]} */ (shops[(turn + round) % shops.length]);
      const pieces = async () => Number(await postgres.query(database, 'select sum(quantity) from cart_line'));
      const before = await pieces();
      const result = await sample(lane, () => loadAll(lane.instances, files, plan.seconds));
      const added = (await pieces()) - before;
      if (added < result.requests || added > result.requests + 64) throw new Error(`${result.requests} adds were answered, but the carts hold ${added} items more`);
      samples.push(result);
    }
  }
  await Promise.all(shops.map(({ lane }) => lane.instances[0]?.stop()));
  await postgres.stop();
  return shops.map(({ carts, samples }) => ({ carts, add: cost(samples) }));
}

/** @param {number} index */
const cartId = index => `cart_${createHash('md5').update(String(index)).digest('hex').slice(0, 26)}`;

/** Carts of two lines. @param {PostgresServer} postgres @param {string} database @param {number} carts @param {(text: string) => void} say */
async function fill(postgres, database, carts, say) {
  const expires = Date.now() + 30 * 24 * 3_600_000;
  for (let from = 0; from < carts; from += fillStep) {
    const to = Math.min(from + fillStep, carts);
    say(`making carts: ${count(to)} of ${count(carts)}`);
    // A cart expires some time of the next 30 days; rows go in as ids fall, which is anywhere. Triggers would only look whether cart and product are there.
    await postgres.query(
      database,
      `set session_replication_role = replica; set synchronous_commit = off;
       insert into cart (id, version, expires_at)
         select 'cart_' || left(md5(i::text), 26), 2, ${expires} + (i * 7919::bigint % 2592000) * 1000 from generate_series(${from}, ${to - 1}) i;
       insert into cart_line (cart_id, product_id, position, quantity, seen_price_minor, seen_currency)
         select 'cart_' || left(md5(i::text), 26), p.id, p.position, 1, p.price_minor, (select currency from store)
         from generate_series(${from}, ${to - 1}) i, (select id, row_number() over (order by id) as position, price_minor from product where id in ('eggs', 'milk')) p`,
    );
  }
  await postgres.query(database, 'vacuum (analyze)');
}

/** @param {number} carts @returns {import('./mcp.mjs').Message[]} */
function addsTo(carts) {
  const used = Math.min(carts, cartsInUse);
  // Rows that lie beside each other are not added to one after the other.
  return Array.from({ length: cartsInUse }, (_, index) => {
    const cart_id = cartId(Math.floor((((index * 7_919) % used) * carts) / used));
    const product_id = Math.floor(index / used) % 2 === 0 ? 'eggs' : 'milk';
    return toolCall('modern', index + 1, 'add_to_cart', { cart_id, items: [{ product_id, quantity: 1 }] }, undefined);
  });
}

/** @param {string} folder @param {Lane} lane */
function listRequests(folder, { key, instances, wire }) {
  const name = key.replaceAll(/\W+/g, '-');
  return instances.map(({ port, session }, index) =>
    writeRequests(folder, `${name}-${index}`, port, Array.from({ length: 256 }, (_, id) => toolCall(wire, id + 1, 'list_products', {}, session))));
}

/** @typedef {Load & { shopSeconds: number, databaseSeconds: number }} Sample */

/** @param {Lane} lane @param {() => Promise<Load>} work @returns {Promise<Sample>} */
async function sample({ instances, pids }, work) {
  const time = () => ({ shop: processorSeconds(instances.map(({ pid }) => pid)), database: processorSeconds(pids()) });
  const before = time();
  const result = await work();
  const after = time();
  return { ...result, shopSeconds: after.shop - before.shop, databaseSeconds: after.database - before.database };
}

/** @param {Sample[]} samples @returns {Cost} */
function cost(samples) {
  /** @param {(one: Sample) => number} value */
  const sum = value => samples.reduce((total, one) => total + value(one), 0);
  const requests = sum(one => one.requests);
  return { ...summarize(samples), shopMicros: (sum(one => one.shopSeconds) / requests) * 1e6, databaseMicros: (sum(one => one.databaseSeconds) / requests) * 1e6 };
}
