import assert from 'node:assert/strict';

import { expectedFailures, runConformance, scenariosExpectedToFail, scoredScenarios, type Check, type ConformanceRun } from './conformance.js';
import { after, before, test } from './limits.js';
import { startFixture, type RunningServer } from './server.js';

let fixture: RunningServer;
before(async () => {
  fixture = await startFixture();
});
after(async () => {
  await fixture?.stop();
});

function complaints(checks: Check[], ...statuses: Check['status'][]): string[] {
  return checks.filter(check => statuses.includes(check.status)).map(check => `${check.id}: ${check.errorMessage ?? check.status}`);
}

/** A scenario passes when something succeeded and nothing failed, so that one which ran no check at all does not pass. */
function assertPasses(run: ConformanceRun, scenario: string): void {
  const checks = run.checks.get(scenario);
  assert.ok(checks, `${scenario} did not run\n${run.output.slice(-2_000)}`);
  assert.deepEqual(complaints(checks, 'FAILURE', 'WARNING'), [], scenario);
  assert.ok(checks.some(check => check.status === 'SUCCESS'), `${scenario} checked nothing`);
}

test('All 37 scored scenarios of 2026-07-28 pass, and the header and schema scenarios that are not scored', async () => {
  const scored = await scoredScenarios('2026-07-28');
  assert.equal(scored.length, 37);
  const run = await runConformance(fixture.endpoint, '2026-07-28');
  for (const scenario of scored) assertPasses(run, scenario);
  for (const scenario of ['http-header-validation', 'http-custom-header-server-validation', 'json-schema-2020-12']) assertPasses(run, scenario);
  assert.deepEqual(complaints(run.checks.get('server-stateless') ?? [], 'SKIPPED'), [], 'server-stateless left something out');
  assert.equal(run.exitCode, 0, run.output.slice(-2_000));
});

test('26 of the 30 scored scenarios of 2025-11-25 pass, and exactly the four that are expected to fail do', async () => {
  const scored = await scoredScenarios('2025-11-25');
  assert.equal(scored.length, 30);
  const expected = await scenariosExpectedToFail();
  assert.equal(expected.length, 4);
  const run = await runConformance(fixture.endpoint, '2025-11-25', ['--expected-failures', expectedFailures]);
  for (const scenario of scored.filter(name => !expected.includes(name))) assertPasses(run, scenario);
  for (const scenario of expected) {
    assert.ok(scored.includes(scenario), `${scenario} is not scored`);
    const checks = run.checks.get(scenario);
    assert.ok(checks && complaints(checks, 'FAILURE').length > 0, `${scenario} passes: take it off the list`);
  }
  assert.equal(run.exitCode, 0, run.output.slice(-2_000));
});
