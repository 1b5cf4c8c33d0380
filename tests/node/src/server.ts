import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The root of the repository: the folder above this file, wherever it was compiled to, that has the solution. */
export const repository = rootAbove(import.meta.dirname);

const startLimit = 30_000;
const stopLimit = 10_000;

/** A server under test: a child process that answered /health. */
export interface RunningServer {
  /** The MCP endpoint, `http://127.0.0.1:PORT/mcp`. */
  readonly endpoint: URL;
  /** SIGTERM, then SIGKILL when that takes too long; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** A shop whose process can be stopped and started again on the same data folder. */
export interface Shop extends RunningServer {
  /** Its settings: with them, other processes are about the same data. */
  readonly env: Readonly<Record<string, string>>;
  restart(): Promise<void>;
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'Cartwright.slnx')) ? folder : rootAbove(dirname(folder));
}

function executable(variable: string): string {
  const path = process.env[variable];
  if (path === undefined || path === '') {
    throw new Error(`${variable} is not set: give it the path of the built executable (./test does).`);
  }
  return path;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasExited(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), stopLimit);
  await exited;
  clearTimeout(forced);
}

/** Starts `command` and waits until /health answers; a process that dies first is an error with its output. */
async function launch(command: string, args: string[], port: number, env: Record<string, string>): Promise<RunningServer> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const record = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-8_000);
  };
  child.stdout.on('data', record);
  child.stderr.on('data', record);
  let failure: Error | undefined;
  child.on('error', error => (failure = error));
  // A test run that dies must not leave servers behind.
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));

  const deadline = Date.now() + startLimit;
  while (!(await isHealthy(port))) {
    if (failure !== undefined) throw failure;
    if (hasExited(child)) throw new Error(`${command} exited with ${child.exitCode ?? child.signalCode} before /health answered:\n${output}`);
    if (Date.now() > deadline) {
      await terminate(child);
      throw new Error(`${command} did not answer /health within ${startLimit} ms:\n${output}`);
    }
    await delay(50);
  }
  return { endpoint: new URL(`http://127.0.0.1:${port}/mcp`), stop: () => terminate(child) };
}

/** Starts the conformance fixture named by FIXTURE_EXE. */
export async function startFixture(): Promise<RunningServer> {
  const port = await freePort();
  return launch(executable('FIXTURE_EXE'), ['--urls', `http://127.0.0.1:${port}`], port, {});
}

/**
 * A database for one shop on the server of CARTWRIGHT_TEST_POSTGRES, when CARTWRIGHT_TEST_ENGINE says that the shop is to run on PostgreSQL;
 * tests/postgres sets the one and starts the other.
 */
async function createDatabase(): Promise<{ connection: string; drop(): Promise<void> } | undefined> {
  if (process.env['CARTWRIGHT_TEST_ENGINE'] !== 'postgres') return undefined;
  const server = process.env['CARTWRIGHT_TEST_POSTGRES'];
  const admin = process.env['CARTWRIGHT_TEST_PSQL'];
  if (server === undefined || admin === undefined) throw new Error('CARTWRIGHT_TEST_POSTGRES is missing: run the tests with tests/postgres.');
  const name = `shop_${randomBytes(8).toString('hex')}`;
  const sql = async (text: string): Promise<void> => {
    const psql = spawn(admin, ['-q', '-v', 'ON_ERROR_STOP=1', '-c', text], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(psql, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`psql failed: ${text}`);
  };
  await sql(`create database ${name} template template0`);
  return { connection: `${server};Database=${name}`, drop: () => sql(`drop database if exists ${name} with (force)`) };
}

/** Starts the shop named by CARTWRIGHT_EXE on the groceries sample with an empty data folder, which stop() removes. */
export async function startShop(settings: Record<string, string> = {}): Promise<Shop> {
  const command = executable('CARTWRIGHT_EXE');
  const data = await mkdtemp(join(tmpdir(), 'cartwright-test-'));
  const port = await freePort();
  const database = await createDatabase();
  const env: Record<string, string> = {
    HOST: '127.0.0.1',
    PORT: String(port),
    CARTWRIGHT_DATA: data,
    CARTWRIGHT_CATALOG: join(repository, 'samples/groceries.json'),
    CARTWRIGHT_PUBLIC_URL: `http://127.0.0.1:${port}`,
    ...(database === undefined ? {} : { CARTWRIGHT_DATABASE: database.connection }),
    ...settings,
  };
  const start = (): Promise<RunningServer> => launch(command, ['serve'], port, env);
  let running = await start();
  return {
    endpoint: running.endpoint,
    env,
    async restart() {
      await running.stop();
      running = await start();
    },
    async stop() {
      await running.stop();
      await database?.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
