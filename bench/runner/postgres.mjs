// A PostgreSQL server for benchmarks: it waits for its disk, and is gone with this program, however that ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { repository } from './contenders.mjs';
import { run } from './processes.mjs';

/**
 * @typedef {object} PostgresServer
 * @property {(name: string) => Promise<string>} createDatabase gives its Npgsql connection string
 * @property {(database: string, sql: string) => Promise<string>} query rows as psql prints them, unaligned
 * @property {() => number[]} pids of the server's processes at this moment
 * @property {() => Promise<void>} stop
 */

/** @param {string} folder on the disk that is to be measured @returns {Promise<PostgresServer>} */
export async function startPostgres(folder) {
  // PostgreSQL never runs as root, and has to get through to its own folder inside.
  chmodSync(folder, 0o711);
  for (let parent = folder; process.getuid?.() === 0 && parent !== dirname(parent); parent = dirname(parent)) {
    if ((statSync(parent).mode & 0o001) === 0) throw new Error(`PostgreSQL does not run as root, and nobody else gets through ${parent}: put the repository elsewhere.`);
  }

  // Reads its standard input for as long as this program is there, and takes the server along when that ends.
  const tell = 'printf "%s\\n" "$CARTWRIGHT_TEST_POSTGRES" "$CARTWRIGHT_TEST_PSQL" "$PGPORT"; exec cat';
  const child = spawn(join(repository, 'tests/postgres'), ['--durable', 'sh', '-c', tell], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
    // Not in this program's group: Ctrl-C is to reach it as the end of its input.
    detached: true,
  });
  const ended = once(child, 'exit');
  /** @type {string[]} */
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (lines.push(line) === 3) break;
  }
  const [connection, psql, port] = lines;
  if (connection === undefined || psql === undefined || port === undefined) throw new Error('PostgreSQL did not start.');
  /** @param {string} database @param {string} sql */
  const query = (database, sql) => run(psql, ['-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', sql]);
  const postmaster = Number(await query('postgres', "select pg_catalog.split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"));
  // Before its folder is removed, which is done when this program exits.
  const quit = () => process.kill(postmaster, 'SIGQUIT');
  process.prependListener('exit', quit);
  return {
    createDatabase: async name => {
      await query('postgres', `create database ${name}`);
      return `${connection};Database=${name}`;
    },
    query,
    pids: () => [postmaster, ...childrenOf(postmaster)],
    stop: async () => {
      process.off('exit', quit);
      child.stdin.end();
      await ended;
    },
  };
}

/** @param {number} parent */
function childrenOf(parent) {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => parentOf(pid) === parent);
}

/** @param {number} pid */
function parentOf(pid) {
  try {
    // After the name in brackets come the state and the parent.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return undefined; // It has ended meanwhile.
  }
}
