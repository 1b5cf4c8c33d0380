// What is measured: how each contender is built, started and reached.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import { callTool, openSession, post, toolCall, toolResult } from './mcp.mjs';
import { freePort, run, start, stop, until } from './processes.mjs';

export const repository = resolve(import.meta.dirname, '../..');
export const catalog = join(repository, 'samples/groceries.json');
const artifacts = join(repository, 'artifacts/bench');
const peer = join(repository, 'bench/typescript-peer');
const require = createRequire(import.meta.url);

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {number} pid
 * @property {number} port
 * @property {string | undefined} session the TypeScript peer answers no call without one
 * @property {() => Promise<void>} stop
 */

/** @typedef {{ command: string, args: string[], env: (port: number) => Record<string, string> }} Launch */

/** A folder of this run on the repository's own disk: a temporary folder may be memory, where a commit costs nothing. */
export function workFolder() {
  mkdirSync(artifacts, { recursive: true });
  const folder = mkdtempSync(join(artifacts, 'run-'));
  // A server that is being stopped may still write.
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}

/** @param {string} project @param {string} name @param {(text: string) => void} say */
async function publish(project, name, say) {
  say(`publishing ${project}`);
  const rid = `linux-${process.arch}`;
  const output = join(artifacts, name);
  const args = ['publish', project, '-c', 'Release', '-r', rid, '--self-contained', 'false', '-p:PublishReadyToRun=true', '-o', output];
  await run('dotnet', args, { cwd: repository });
  return join(output, name);
}

/** @param {{ cartwright: string | undefined, say: (text: string) => void }} options @returns {Promise<{ cartwright: string, bare: string }>} */
export async function build({ cartwright, say }) {
  const shop = cartwright ?? (await publish('src/Cartwright', 'cartwright', say));
  const bare = await publish('bench/BareKestrel', 'bare-kestrel', say);
  await buildPeer(say);
  return { cartwright: shop, bare };
}

/** @param {(text: string) => void} say */
export async function buildPeer(say) {
  say('building bench/typescript-peer');
  if (!existsSync(join(peer, 'node_modules'))) await run('npm', ['ci', '--ignore-scripts'], { cwd: peer });
  await run('npm', ['run', 'build'], { cwd: peer });
}

/** @param {{ cartwright: string | undefined, say: (text: string) => void }} options @returns {Promise<{ cartwright: string, asker: string }>} */
export async function buildSales({ cartwright, say }) {
  return { cartwright: cartwright ?? (await publish('src/Cartwright', 'cartwright', say)), asker: await publish('bench/SalesHistory', 'sales-history', say) };
}

/** @param {{ cartwright: string | undefined, say: (text: string) => void }} options */
export async function buildShop({ cartwright, say }) {
  return cartwright ?? (await publish('src/Cartwright', 'cartwright', say));
}

/** @param {string} executable @param {string} data @param {Record<string, string>} [settings] @returns {Launch} */
export function shopLaunch(executable, data, settings = {}) {
  return {
    command: executable,
    args: ['serve'],
    env: port => ({
      HOST: '127.0.0.1',
      PORT: String(port),
      CARTWRIGHT_DATA: data,
      CARTWRIGHT_CATALOG: catalog,
      CARTWRIGHT_PUBLIC_URL: `http://127.0.0.1:${port}`,
      ...settings,
    }),
  };
}

/** @returns {Launch} */
export function peerLaunch() {
  return {
    command: process.execPath,
    args: [join(peer, 'dist/server.js')],
    env: port => ({ PORT: String(port), CATALOG: catalog, NODE_ENV: 'production' }),
  };
}

/** @param {string} executable @param {string} answer @returns {Launch} */
function bareLaunch(executable, answer) {
  return { command: executable, args: [], env: port => ({ PORT: String(port), ANSWER: answer }) };
}

/** @param {Launch} launch @param {number} port */
export function startProcess(launch, port) {
  const child = start(launch.command, launch.args, { env: launch.env(port) });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output = (output + chunk).slice(-4_000)));
  child.on('error', error => (output += error.message));
  return { child, output: () => output };
}

/** @param {string} name @param {Launch} launch @returns {Promise<Contender>} */
async function startContender(name, launch) {
  const port = await freePort();
  const { child, output } = startProcess(launch, port);
  const answers = async () => {
    if (child.pid === undefined || child.exitCode !== null) throw new Error(`${name} did not start:\n${output()}`);
    return fetch(`http://127.0.0.1:${port}/health`).then(response => response.ok, () => false);
  };
  await until(answers, 30_000, () => `${name} does not answer /health:\n${output()}`);
  return { name, pid: /** @type {number} */ (child.pid), port, session: undefined, stop: () => stop(child) };
}

/** @param {string} executable @param {string} folder */
export function startShop(executable, folder) {
  return startContender('Cartwright', shopLaunch(executable, join(folder, 'data')));
}

/** One of several instances on a PostgreSQL database. @param {string} executable @param {string} folder @param {string} database */
export function startInstance(executable, folder, database) {
  return startContender('Cartwright on PostgreSQL', shopLaunch(executable, join(folder, 'unused'), { CARTWRIGHT_DATABASE: database }));
}

export async function startPeer() {
  const contender = await startContender('TypeScript peer', peerLaunch());
  return { ...contender, session: await openSession(contender.port) };
}

/** Bare Kestrel with the very bytes that Cartwright answers to list_products. @param {string} executable @param {string} folder @param {Contender} shop */
export async function startBare(executable, folder, shop) {
  const { body } = await post(shop.port, toolCall('modern', 1, 'list_products', {}, undefined));
  const { structuredContent, _meta } = toolResult(body);
  if (structuredContent.products.length !== 20) throw new Error(`list_products answered ${structuredContent.products.length} products, not a page of 20`);
  if (_meta.catalog.length !== structuredContent.total) throw new Error('list_products did not send the whole catalogue in _meta.catalog');
  const file = join(folder, 'answer.json');
  writeFileSync(file, body);
  return { contender: await startContender('bare Kestrel', bareLaunch(executable, file)), bytes: body.length };
}

/** The peer has to answer the same page, or its rate means nothing. @param {Contender} contender @returns {Promise<number>} bytes of structuredContent and _meta */
export async function sizeOfListing(contender) {
  const { structuredContent, _meta } = await callTool(contender.port, 'legacy', contender.session, 'list_products', {});
  if (structuredContent.products.length !== 20 || _meta.catalog.length !== structuredContent.total) {
    throw new Error(`${contender.name} answers another listing`);
  }
  return JSON.stringify({ structuredContent, _meta }).length;
}

export async function dotnetVersion() {
  return (await run('dotnet', ['--list-runtimes'])).match(/Microsoft\.AspNetCore\.App (10\.\S+)/g)?.at(-1)?.split(' ')[1] ?? 'unknown';
}

export async function postgresVersion() {
  return (await run(join(repository, 'tests/postgres'), ['sh', '-c', '"$CARTWRIGHT_TEST_PSQL" -V'])).match(/\d+\.\d+/)?.[0] ?? 'unknown';
}

/** Versions of what the numbers depend on. */
export async function runtimeVersions() {
  const dotnet = await dotnetVersion();
  const sdk = require(join(peer, 'node_modules/@modelcontextprotocol/sdk/package.json')).version;
  return { dotnet, node: process.version.slice(1), sdk };
}
