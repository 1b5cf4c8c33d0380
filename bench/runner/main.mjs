import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { build, buildPeer, buildSales, buildShop, dotnetVersion, postgresVersion, runtimeVersions, sizeOfListing, startBare, startPeer, startShop, workFolder } from './contenders.mjs';
import { measureChat } from './chat.mjs';
import { measureColdStart } from './coldstart.mjs';
import { run } from './processes.mjs';
import { addingRows, listingRows, memoryRows, renderChat, renderSales, renderTable, sessionRows, startRows, writeChat, writeDocument, writeSales } from './report.mjs';
import { measureSales } from './sales.mjs';
import { measureGrowth, measureInstances } from './scale.mjs';
import { renderScale, writeScale } from './scaleReport.mjs';
import { measureSessions } from './sessions.mjs';
import { measureAdding, measureListing } from './throughput.mjs';

const help = `Measures Cartwright against bare Kestrel and a TypeScript server, in one run on this machine.

bench/run [--quick] [--only list|add|memory|start|sales|chat|scale] [--write] [--cartwright FILE]

  --quick            one short round of each: shows that everything works, not how fast it is
  --only PART        list    list_products, requests per second
                     add     add_to_cart, requests per second
                     memory  resident memory under both loads, and what idle sessions cost
                     start   process start to first answered call
                     sales   loading 100 thousand, 1 million and 10 million lines of history, and asking about them
                     chat    the terminal chat: first token to screen against curl, start to prompt (needs script and curl)
                     scale   one, two and four instances on PostgreSQL beside SQLite, and adds as carts grow to 10 million
                             (needs PostgreSQL, and 25 GB on the disk of the repository)
  --write            put the tables into docs/performance.md; only a whole run may, or --only sales, chat and scale their own
  --cartwright FILE  measure this executable instead of publishing src/Cartwright
  --help             this text

Needs Linux, the .NET 10 SDK, Node 20 or newer and wrk. All traffic is loopback, 32 connections, one load generator thread.
Exit code: 0 all required bounds met, 1 something answered wrongly or did not run, 3 a bound was missed.`;

const parts = ['list', 'add', 'memory', 'start', 'sales', 'chat', 'scale'];
/** Parts with a table of their own. */
const tables = ['sales', 'chat', 'scale'];

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        write: { type: 'boolean', default: false },
        cartwright: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.only !== undefined && !parts.includes(values.only)) throw new Error(`--only takes one of ${parts.join(', ')}`);
    if (values.cartwright !== undefined && !existsSync(values.cartwright)) throw new Error(`${values.cartwright} does not exist`);
    if (values.write && (values.quick || (values.only !== undefined && !tables.includes(values.only)) || values.cartwright !== undefined)) {
      throw new Error('--write documents a whole run of the published build: leave out the other options');
    }
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nbench/run --help tells the options.`);
    process.exit(2);
  }
}

/** @param {string} text */
const say = text => console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}`);

async function requireWrk() {
  if (process.platform !== 'linux') throw new Error('The benchmarks read /proc and need Linux.');
  // wrk -v ends with 1.
  const installed = await run('sh', ['-c', 'command -v wrk']).then(() => true, () => false);
  if (installed) return;
  if (process.getuid?.() !== 0) throw new Error('wrk is not installed: install it (apt-get install wrk), then try again.');
  say('installing wrk');
  await run('sh', ['-c', 'apt-get update && apt-get install -y --no-install-recommends wrk']);
}

const options = readOptions();
if (options.help) {
  console.log(help);
  process.exit(0);
}

/** @param {string} part */
const wanted = part => options.only === undefined || options.only === part;
const plan = options.quick ? { rounds: 1, seconds: 2, warmUp: 2 } : { rounds: 3, seconds: 5, warmUp: 8 };
const amounts = options.quick ? { sessions: 50_000, peerSessions: 1_000, starts: 3 } : { sessions: 1_000_000, peerSessions: 10_000, starts: 7 };

async function measure() {
  const folder = workFolder();
  // Of the parts with a table of their own.
  let allMet = true;
  if (wanted('sales')) {
    const { cartwright, asker } = await buildSales({ cartwright: options.cartwright, say });
    /** @type {import('./sales.mjs').SalesResult[]} */
    const results = [];
    for (const lines of options.quick ? [10_000, 100_000] : [100_000, 1_000_000, 10_000_000]) {
      say(`sales of ${lines} lines`);
      results.push(await measureSales(asker, cartwright, folder, lines, options.quick ? 3 : 15));
    }
    const { table, met } = renderSales(results);
    allMet &&= met || options.quick;
    console.log(table);
    if (options.write) say(`wrote ${writeSales(table, await dotnetVersion())}`);
    if (options.only === 'sales') return allMet ? 0 : 3;
  }
  if (wanted('chat')) {
    const cartwright = await buildShop({ cartwright: options.cartwright, say });
    say('the terminal chat');
    const { table, met } = renderChat(await measureChat(cartwright, folder, options.quick ? { turns: 5, starts: 3 } : { turns: 100, starts: 15 }));
    allMet &&= met || options.quick;
    console.log(table);
    if (options.write) say(`wrote ${writeChat(table, await dotnetVersion())}`);
    if (options.only === 'chat') return allMet ? 0 : 3;
  }
  await requireWrk();
  if (wanted('scale')) {
    const cartwright = await buildShop({ cartwright: options.cartwright, say });
    await buildPeer(say);
    const lanes = await measureInstances(cartwright, folder, plan, say);
    const growth = await measureGrowth(cartwright, folder, plan, options.quick ? [1_000, 10_000] : [1_000, 100_000, 1_000_000, 10_000_000], say);
    const result = renderScale(lanes, growth);
    allMet &&= result.met || options.quick;
    console.log(`${result.instances}\n\n${result.growth}`);
    if (options.write) say(`wrote ${writeScale(result, lanes, await dotnetVersion(), await postgresVersion())}`);
    if (options.only === 'scale') return allMet ? 0 : 3;
  }
  const executables = await build({ cartwright: options.cartwright, say });
  /** @type {import('./report.mjs').Row[]} */
  const rows = [];
  /** @type {number | undefined} */
  let bytes;
  if (wanted('list') || wanted('add') || wanted('memory')) {
    const shop = await startShop(executables.cartwright, folder);
    const peer = await startPeer();
    const bare = await startBare(executables.bare, folder, shop);
    bytes = bare.bytes;
    say(`list_products: ${bytes} bytes from Cartwright, of these ${await sizeOfListing(shop)} structured; ${await sizeOfListing(peer)} from the TypeScript peer`);
    /** @type {import('./throughput.mjs').MemorySamples} */
    const memory = new Map();
    if (wanted('list') || wanted('memory')) {
      say('list_products');
      const results = await measureListing(
        [
          { key: 'modern', contender: shop, wire: 'modern' },
          { key: 'legacy', contender: shop, wire: 'legacy' },
          { key: 'bare', contender: bare.contender, wire: 'modern' },
          { key: 'peer', contender: peer, wire: 'legacy' },
        ],
        plan,
        folder,
        memory,
      );
      rows.push(...listingRows(results));
    }
    await bare.contender.stop();
    if (wanted('add') || wanted('memory')) {
      say('add_to_cart');
      const lanes = /** @type {const} */ ([
        { contender: shop, wire: 'modern' },
        { contender: peer, wire: 'legacy' },
      ]);
      const results = await measureAdding([...lanes], plan, folder, memory);
      const [ours, theirs] = [results.get(shop.name), results.get(peer.name)];
      if (ours && theirs) rows.push(...addingRows(ours, theirs));
    }
    if (wanted('memory')) {
      rows.push(...memoryRows(memory.get(shop.name) ?? [], memory.get(peer.name) ?? []));
      say(`${amounts.sessions} idle sessions, and ${amounts.peerSessions} on the TypeScript peer`);
      const shopCost = await measureSessions(shop, amounts.sessions, folder);
      const peerCost = await measureSessions(peer, amounts.peerSessions, folder);
      rows.push(...sessionRows(shopCost, peerCost));
    }
    await Promise.all([shop.stop(), peer.stop()]);
  }
  if (wanted('start')) {
    say('cold start');
    rows.push(...startRows(await measureColdStart(executables.cartwright, amounts.starts, folder)));
  }
  say('done');
  console.log(renderTable(rows));
  if (options.write) {
    say(`wrote ${writeDocument(rows, await runtimeVersions(), bytes)}`);
  }
  return allMet && rows.every(({ met }) => met !== false) ? 0 : 3;
}

try {
  process.exitCode = await measure();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Takes along whatever a mistake left running.
process.exit();
