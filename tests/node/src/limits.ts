// The functions of node:test with limits. A page that hangs answers nothing, not even the wish to be closed, and node waits for ever: with
// these the test is cancelled by its name, and the others go on. Far above what a test takes on a machine under load; no limit decides a
// test that makes progress. --test-timeout in package.json is for whole files, whose names alone it tells.
import * as runner from 'node:test';

const testLimit = 180_000;
const hookLimit = 60_000;

type Hook = () => void | Promise<void>;

export function test(name: string, body: (context: runner.TestContext) => void | Promise<void>): void {
  void runner.test(name, { timeout: testLimit }, body);
}

export function before(hook: Hook): void {
  runner.before(hook, { timeout: hookLimit });
}

export function after(hook: Hook): void {
  runner.after(hook, { timeout: hookLimit });
}

export function afterEach(hook: Hook): void {
  runner.afterEach(hook, { timeout: hookLimit });
}
