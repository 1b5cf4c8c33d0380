// Child processes: every one that was started is known by pid and stopped by pid, also on Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143]])) process.on(signal, () => process.exit(code));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export function start(command, args, options = {}) {
  return watched(spawn(command, args, { ...spawnOptions(options), stdio: ['ignore', 'pipe', 'pipe'] }));
}

/**
 * The same with a standard input to write to.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export function startWithInput(command, args, options = {}) {
  return watched(spawn(command, args, { ...spawnOptions(options), stdio: ['pipe', 'pipe', 'pipe'] }));
}

/** @param {{ cwd?: string, env?: Record<string, string> }} options */
function spawnOptions({ cwd, env }) {
  return { ...(cwd === undefined ? {} : { cwd }), env: { ...process.env, ...env } };
}

/**
 * @template {ChildProcess} T
 * @param {T} child
 */
function watched(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/**
 * Runs a command to its end and gives its output; anything but exit code 0 is an error with the output.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export async function run(command, args, options = {}) {
  const child = start(command, args, options);
  let output = '';
  child.stdout.on('data', chunk => (output += chunk));
  child.stderr.on('data', chunk => (output += chunk));
  const [code, signal] = await Promise.race([once(child, 'close'), once(child, 'error').then(([error]) => Promise.reject(error))]);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}:\n${output.slice(-4_000)}`);
  return output;
}

/** @param {ChildProcess} child SIGTERM, then SIGKILL after 10 s. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(forced);
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}

/** @param {number} pid Resident memory in MiB. */
export function residentMemory(pid) {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} is gone`);
  return Number(kilobytes) / 1024;
}

/** Clock ticks a second in /proc, the same on all Linux. */
const ticks = 100;

/** @param {number[]} pids Processor time that they and their ended children have used, in seconds; one that is gone counts nothing. */
export function processorSeconds(pids) {
  let sum = 0;
  for (const pid of pids) {
    try {
      // From the state on; user, system, children's user and system time are the 12th to 15th.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      sum += fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
    } catch {
      // It has ended meanwhile, and counts with its parent.
    }
  }
  return sum / ticks;
}

/**
 * Samples resident memory five times a second while `work` runs.
 * @template T
 * @param {number} pid
 * @param {number[]} samples receives MiB
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function sampleMemory(pid, samples, work) {
  const timer = setInterval(() => samples.push(residentMemory(pid)), 200);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * @param {() => Promise<boolean>} condition
 * @param {number} limit milliseconds
 * @param {() => string} complaint
 */
export async function until(condition, limit, complaint) {
  const deadline = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(complaint());
    await delay(50);
  }
}
