// The tables of the shop on PostgreSQL, on the terminal and in docs/performance.md.
import { cpus } from 'node:os';

import { count, mib, rate, renderCells, replaceBlock } from './report.mjs';
import { cartsInUse } from './scale.mjs';

/** An add costs the same however many carts there are; what is above 1 is caches and noise. */
const growthAllowed = 1.2;

/**
 * @param {import('./scale.mjs').LaneResult[]} lanes SQLite first, the TypeScript peer last
 * @param {import('./scale.mjs').GrowthResult[]} growth by number of carts, fewest first
 * @returns {{ instances: string, growth: string, met: boolean }}
 */
export function renderScale(lanes, growth) {
  const [sqlite, peer] = [lanes[0], lanes.at(-1)];
  if (sqlite === undefined || peer === undefined) throw new Error('a lane is missing');
  const calls = /** @type {const} */ ([['list_products', 'list'], ['add_to_cart', 'add']]);
  const cells = calls.flatMap(([name, key]) =>
    lanes.map(lane => [
      `${name}, ${lane.key}`,
      rate(lane[key]),
      (lane[key].rate / sqlite[key].rate).toFixed(2),
      (lane[key].rate / peer[key].rate).toFixed(2),
      `${lane[key].shopMicros.toFixed(0)} µs`,
      lane.key.startsWith('PostgreSQL') ? `${lane[key].databaseMicros.toFixed(0)} µs` : '',
    ]),
  );
  const least = growth[0]?.add;
  let met = true;
  const sizes = growth.map(({ carts, add }) => {
    const ratio = (least?.rate ?? 0) / add.rate;
    met &&= ratio <= growthAllowed;
    const time = `${(add.shopMicros + add.databaseMicros).toFixed(0)} µs`;
    return [count(carts), rate(add), time, ratio.toFixed(2), `<= ${growthAllowed}`, ratio <= growthAllowed ? 'met' : 'MISSED'];
  });
  return {
    instances: renderCells([['Measured', 'Calls', 'to SQLite', 'to TypeScript', 'Processor time of instances, a call', 'of PostgreSQL'], ...cells]),
    growth: renderCells([['Carts', 'add_to_cart', 'Processor time, a call', 'Cost of a call to that with the fewest', 'Required', ''], ...sizes]),
    met,
  };
}

/** @param {{ instances: string, growth: string }} tables @param {import('./scale.mjs').LaneResult[]} lanes @param {string} dotnet @param {string} postgres */
export function writeScale({ instances, growth }, lanes, dotnet, postgres) {
  const machine = `${cpus().length} cores shared by load generator, instances and PostgreSQL ${postgres}, ASP.NET Core ${dotnet}`;
  const memory = lanes.slice(0, -1).map(lane => `${lane.key}: ${mib(lane.memory)}`).join('; ');
  return replaceBlock(
    'bench/run scale',
    `${machine}. Command: \`bench/run --only scale\`. Commits wait for the disk on both engines. Highest resident memory of the first instance: ${memory}.\n\n${instances}\n\n` +
      `Databases of different size on one server, one instance each, measured in turns; two lines in each cart, adds to what is in it, spread over ${count(cartsInUse)} carts or all there are. No checkpoint falls into the measurement.\n\n${growth}`,
  );
}
