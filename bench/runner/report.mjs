// The table, on the terminal and in docs/performance.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';

import { repository } from './contenders.mjs';

/** @typedef {{ label: string, value: string, versus: string, ratio: string, bound: string, met: boolean | undefined }} Row */

/** @param {number} value */
export const count = value => Math.round(value).toLocaleString('en-US');
/** @param {number} value MiB */
export const mib = value => `${value.toFixed(0)} MiB`;

/**
 * @param {string} label
 * @param {string} value
 * @param {string} [versus]
 * @param {{ ratio: number, comparison: '>=' | '<' | '<=', bound: number }} [required]
 * @returns {Row}
 */
function row(label, value, versus = '', required = undefined) {
  if (required === undefined) return { label, value, versus, ratio: '', bound: '', met: undefined };
  const { ratio, comparison, bound } = required;
  const met = comparison === '>=' ? ratio >= bound : comparison === '<' ? ratio < bound : ratio <= bound;
  return { label, value, versus, ratio: ratio.toFixed(ratio < 10 ? 2 : 1), bound: `${comparison} ${bound}`, met };
}

/** @typedef {import('./throughput.mjs').Throughput} Throughput */

/** @param {Throughput} result */
export function rate(result) {
  return `${count(result.rate)}/s (p50 ${(result.p50 / 1000).toFixed(1)}, p99 ${(result.p99 / 1000).toFixed(1)} ms)`;
}

/** @param {Map<string, Throughput>} results @returns {Row[]} */
export function listingRows(results) {
  const [modern, legacy, bare, peer] = ['modern', 'legacy', 'bare', 'peer'].map(key => /** @type {Throughput} */ (results.get(key)));
  if (!modern || !legacy || !bare || !peer) throw new Error('a lane is missing');
  return [
    row('list_products, 2026-07-28 wire, to bare Kestrel', rate(modern), rate(bare), { ratio: modern.rate / bare.rate, comparison: '>=', bound: 0.7 }),
    row('list_products, 2026-07-28 wire, to TypeScript', rate(modern), rate(peer), { ratio: modern.rate / peer.rate, comparison: '>=', bound: 12 }),
    row('list_products, 2025-11-25 wire, to bare Kestrel', rate(legacy), rate(bare), { ratio: legacy.rate / bare.rate, comparison: '>=', bound: 0.7 }),
    row('list_products, 2025-11-25 wire, to TypeScript', rate(legacy), rate(peer), { ratio: legacy.rate / peer.rate, comparison: '>=', bound: 12 }),
  ];
}

/** @param {Throughput} shop @param {Throughput} peer @returns {Row[]} */
export function addingRows(shop, peer) {
  return [row('add_to_cart, committed, to TypeScript in memory', rate(shop), rate(peer), { ratio: shop.rate / peer.rate, comparison: '>=', bound: 4 })];
}

/** @param {number[]} shop @param {number[]} peer samples in MiB @returns {Row[]} */
export function memoryRows(shop, peer) {
  /** @param {number[]} samples */
  const mean = samples => samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const peak = { shop: Math.max(...shop), peer: Math.max(...peer) };
  return [
    row('resident memory under load, peak, to TypeScript', mib(peak.shop), mib(peak.peer), { ratio: peak.shop / peak.peer, comparison: '<', bound: 0.7 }),
    row('resident memory under load, mean, to TypeScript', mib(mean(shop)), mib(mean(peer)), { ratio: mean(shop) / mean(peer), comparison: '<', bound: 0.7 }),
  ];
}

/** Less than any table of sessions takes per entry; what is below is noise of the heap. */
const bytesPerSessionAllowed = 16;

/** @param {import('./sessions.mjs').SessionCost} shop @param {import('./sessions.mjs').SessionCost} peer @returns {Row[]} */
export function sessionRows(shop, peer) {
  /** @param {import('./sessions.mjs').SessionCost} cost */
  const bytes = cost => ((cost.after - cost.before) * 1024 * 1024) / cost.sessions;
  /** @param {import('./sessions.mjs').SessionCost} cost */
  const change = cost => `${mib(cost.before)} -> ${mib(cost.after)}`;
  const required = { ratio: Math.max(0, bytes(shop)), comparison: /** @type {const} */ ('<'), bound: bytesPerSessionAllowed };
  return [
    row(`${count(shop.sessions)} idle sessions, bytes each (Cartwright)`, change(shop), '', required),
    row(`${count(peer.sessions)} idle sessions, bytes each (TypeScript)`, '', `${change(peer)}, ${count(bytes(peer))} bytes each`),
  ];
}

/** @param {{ existing: number, empty: number, peer: number }} start milliseconds @returns {Row[]} */
export function startRows(start) {
  /** @param {number} value */
  const ms = value => `${value.toFixed(0)} ms`;
  return [
    row('start to first answer, existing data, to TypeScript', ms(start.existing), ms(start.peer), { ratio: start.existing / start.peer, comparison: '<=', bound: 1 }),
    row('start to first answer, empty data folder, to TypeScript', ms(start.empty), ms(start.peer), { ratio: start.empty / start.peer, comparison: '<=', bound: 1 }),
  ];
}

const header = ['Measured', 'Cartwright', 'Peer', 'Ratio', 'Required', ''];

/** @param {Row[]} rows */
export function renderTable(rows) {
  const verdict = (/** @type {Row} */ { met }) => (met === undefined ? '' : met ? 'met' : 'MISSED');
  return renderCells([header, ...rows.map(line => [line.label, line.value, line.versus, line.ratio, line.bound, verdict(line)])]);
}

/** @param {string[][]} cells the first line is the header */
export function renderCells(cells) {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map(line => line[column]?.length ?? 0)));
  const lines = cells.map(line => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [lines[0], `| ${widths.map(width => '-'.repeat(Math.max(3, width))).join(' | ')} |`, ...lines.slice(1)].join('\n');
}

/**
 * Questions by size of the history, side by side: the time is to grow with days, not with orders. Required is what holds for the largest.
 * @param {import('./sales.mjs').SalesResult[]} results
 * @returns {{ table: string, met: boolean }}
 */
export function renderSales(results) {
  /** @param {number[]} times */
  const median = times => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  /** @param {number} ms */
  const short = ms => (ms < 100 ? ms.toFixed(1) : count(ms));
  /** @param {string} name @returns {(result: import('./sales.mjs').SalesResult) => number[]} */
  const times = name => result => result.times[name] ?? [];
  /** @type {{ label: string, show: (result: import('./sales.mjs').SalesResult) => string, value?: (result: import('./sales.mjs').SalesResult) => number, bound?: number }[]} */
  const lines = [
    { label: 'load, lines a second', show: result => count(result.lines / result.loadSeconds), value: result => result.lines / result.loadSeconds, bound: 100_000 },
    { label: 'load, lines a second of processor time', show: result => count(result.lines / result.processorSeconds) },
    { label: 'database, MiB', show: result => count(result.databaseBytes / 1024 / 1024) },
    ...['days of a year', 'days of three years', 'products of a year', 'products of three years'].map(name => ({
      label: `${name}, ms: median (slowest)`,
      show: (/** @type {import('./sales.mjs').SalesResult} */ result) => `${short(median(times(name)(result)))} (${short(Math.max(...times(name)(result)))})`,
      value: (/** @type {import('./sales.mjs').SalesResult} */ result) => median(times(name)(result)),
      bound: name.includes('three') ? 60 : 25,
    })),
    ...['raw days of a year', 'raw products of a year', 'raw products of three years'].map(name => ({
      label: `the same of the raw lines: ${name.slice(4)}, ms`,
      show: (/** @type {import('./sales.mjs').SalesResult} */ result) => short(median(times(name)(result))),
    })),
  ];
  const largest = results.at(-1);
  let met = true;
  const cells = lines.map(({ label, show, value, bound }) => {
    if (largest === undefined || value === undefined || bound === undefined) return [label, ...results.map(show), '', ''];
    const rate = label.startsWith('load');
    const isMet = rate ? value(largest) >= bound : value(largest) <= bound;
    met &&= isMet;
    return [label, ...results.map(show), `${rate ? '>=' : '<='} ${count(bound)}`, isMet ? 'met' : 'MISSED'];
  });
  return { table: renderCells([['Measured', ...results.map(result => `${count(result.lines)} lines`), 'Required', ''], ...cells]), met };
}

/**
 * @param {import('./chat.mjs').ChatResult} result
 * @returns {{ table: string, met: boolean }}
 */
export function renderChat(result) {
  /** @param {number} ms */
  const short = ms => `${ms.toFixed(ms < 20 ? 1 : 0)} ms`;
  const lines = [
    { label: 'first token on the wire to first token on the screen, chat', value: result.chat },
    { label: 'the same, curl', value: result.bare },
    { label: 'what the chat adds', value: result.added, bound: 5 },
    { label: 'start to prompt', value: result.prompt, bound: 400 },
    { label: 'start to prompt, --rest', value: result.restPrompt, bound: 400 },
  ];
  const cells = lines.map(({ label, value, bound }) => [label, short(value), bound === undefined ? '' : `<= ${bound} ms`, bound === undefined ? '' : value <= bound ? 'met' : 'MISSED']);
  return { table: renderCells([['Measured, median', '', 'Required', ''], ...cells]), met: lines.every(({ value, bound }) => bound === undefined || value <= bound) };
}

/** @param {string} table @param {string} dotnet */
export function writeChat(table, dotnet) {
  const machine = `${cpus().length} cores shared by shop, endpoint and chat, .NET ${dotnet}`;
  return replaceBlock('bench/run chat', `${machine}. Command: \`bench/run --only chat\`. 100 turns against a scripted endpoint, side by side with \`curl\`, each in a terminal of its own; 15 starts with the server up.\n\n${table}`);
}

/** @param {string} table @param {string} dotnet */
export function writeSales(table, dotnet) {
  const machine = `${cpus().length} cores, ASP.NET Core ${dotnet}`;
  return replaceBlock('bench/run sales', `${machine}. Command: \`bench/run --only sales\`. 5,000 products over three years (1,095 days), one to five lines an order, loaded by \`cartwright sales load\`.\n\n${table}`);
}

/**
 * Replaces what stands between the markers of docs/performance.md, or adds the markers at its end.
 * @param {Row[]} rows
 * @param {{ dotnet: string, node: string, sdk: string }} versions
 * @param {number | undefined} bytes of an answer of list_products
 */
export function writeDocument(rows, versions, bytes) {
  const machine = `${cpus().length} cores shared with the load generator, ASP.NET Core ${versions.dotnet}, Node ${versions.node}, @modelcontextprotocol/sdk ${versions.sdk}`;
  const answer = bytes === undefined ? '' : ` An answer of list_products is ${count(bytes)} bytes.`;
  return replaceBlock('bench/run --write', `${machine}. Command: \`bench/run\`.${answer}\n\n${renderTable(rows)}`);
}

/** @param {string} name @param {string} content */
export function replaceBlock(name, content) {
  const file = join(repository, 'docs/performance.md');
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const block = `${begin}\n${content}\n${end}`;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Performance\n';
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  const updated = from >= 0 && to > from ? text.slice(0, from) + block + text.slice(to + end.length) : `${text.trimEnd()}\n\n${block}\n`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, updated);
  return file;
}
