import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { asObject } from './shapes.js';

const require = createRequire(import.meta.url);
// Neither package exports its package.json, but both lie in node_modules of this package.
const modules = resolve(import.meta.dirname, '../node_modules');
const suite = join(modules, '@modelcontextprotocol/conformance');

export const expectedFailures = resolve(import.meta.dirname, '../conformance-expected-failures.yml');

export interface Check {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage: string | undefined;
}

export interface ConformanceRun {
  /** 0 when every scored scenario passed or failed as expected. */
  exitCode: number | null;
  output: string;
  /** The checks of every scenario that ran, scored or not. */
  checks: Map<string, Check[]>;
}

/** The suite needs Node 22 (fs.globSync): this process when it is new enough, else the binary package of the platform. */
export function node22(): string {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = join(modules, name);
  if (!existsSync(folder)) {
    throw new Error(`Conformance needs Node 22; this is ${process.version} and ${name} is not installed: npm ci in tests/node, or run with a newer Node.`);
  }
  const { bin } = asObject(require(join(folder, 'package.json')), 'package.json');
  return join(folder, String(asObject(bin, 'bin')['node']));
}

/** The entries of the list under `key:`, of the plain YAML that requirement sets and expected failures are written in. */
async function listUnder(key: string, file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const start = lines.indexOf(`${key}:`);
  if (start < 0) throw new Error(`${file} has no '${key}:'`);
  const entries: string[] = [];
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line) && !line.startsWith('#')) break;
    const entry = /^\s+- ([^\s#]+)/.exec(line)?.[1];
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** The server scenarios that a revision scores, read from the suite itself. */
export function scoredScenarios(revision: string): Promise<string[]> {
  return listUnder('server', join(suite, 'requirements', `${revision}.yaml`));
}

export function scenariosExpectedToFail(): Promise<string[]> {
  return listUnder('server', expectedFailures);
}

/** Result folders are called server-SCENARIO-TIMESTAMP. */
async function readResults(folder: string): Promise<Map<string, Check[]>> {
  const results = new Map<string, Check[]>();
  for (const entry of await readdir(folder)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(entry)?.[1];
    if (scenario === undefined) throw new Error(`unexpected result folder ${entry}`);
    const checks = JSON.parse(await readFile(join(folder, entry, 'checks.json'), 'utf8')) as Check[];
    results.set(scenario, checks);
  }
  return results;
}

/** Runs the requirement set of a revision against `endpoint`. */
export async function runConformance(endpoint: URL, revision: string, options: string[] = []): Promise<ConformanceRun> {
  const folder = await mkdtemp(join(tmpdir(), 'cartwright-conformance-'));
  try {
    const args = [join(suite, 'dist/index.js'), 'server', '--url', endpoint.href, '--requirements', revision, '-o', folder, ...options];
    const child = spawn(node22(), args, { cwd: dirname(folder), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, output, checks: await readResults(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
