import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

import { Bridge } from '../../../web/src/bridge/bridge.ts';
import { resultIn, type HostContext, type OpenAi, type ToolResult } from '../../../web/src/bridge/host.ts';
import { Rpc, TIMED_OUT } from '../../../web/src/bridge/rpc.ts';

interface Wire {
  jsonrpc: string;
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { code: number };
}

/** The host's end of the wire, and everything the bridge tells its widget. */
function setUp(openai?: OpenAi) {
  const sent: Wire[] = [];
  const results: ToolResult[] = [];
  const contexts: HostContext[] = [];
  const listeners = new Map<string, (event: Event) => void>();
  let receive!: (data: unknown) => void;
  let ready = 0;
  const view = { ...(openai === undefined ? {} : { openai }), addEventListener: (type: string, listener: (event: Event) => void) => void listeners.set(type, listener) };
  const port = { post: (message: unknown) => void sent.push(message as Wire), listen: (listener: (data: unknown) => void) => void (receive = listener) };
  const bridge = new Bridge(view, port, 'test', {
    ready: () => void ready++,
    result: result => void results.push(result),
    input: () => undefined,
    cancelled: () => undefined,
    context: context => void contexts.push(context),
    teardown: async () => undefined,
  });
  bridge.connect();
  const say = (message: object): void => receive({ jsonrpc: '2.0', ...message });
  /** Answers the last request of a method. */
  const answer = async (method: string, result: unknown): Promise<void> => {
    say({ id: sent.findLast(message => message.method === method)?.id, result });
    await turn();
  };
  const initialize = (hostCapabilities: object, hostContext: object = {}): Promise<void> => answer('ui/initialize', { hostCapabilities, hostContext });
  const setGlobals = (globals: OpenAi): void => listeners.get('openai:set_globals')?.(new CustomEvent('openai:set_globals', { detail: { globals } }));
  return { bridge, sent, results, contexts, say, answer, initialize, setGlobals, ready: () => ready };
}

test('The handshake follows the revision of 2026-01-26', async () => {
  const { sent, contexts, initialize, ready } = setUp();
  assert.deepEqual(sent[0]?.params, { appInfo: { name: 'test', version: '1' }, appCapabilities: {}, protocolVersion: '2026-01-26' });
  await initialize({}, { theme: 'dark' });
  assert.equal(sent.at(-1)?.method, 'ui/notifications/initialized');
  assert.equal(contexts.at(-1)?.theme, 'dark');
  assert.equal(ready(), 1);
});

test('Host context is merged, not replaced', async () => {
  const { contexts, initialize, say } = setUp();
  await initialize({}, { theme: 'dark', locale: 'de' });
  say({ method: 'ui/notifications/host-context-changed', params: { theme: 'light' } });
  assert.deepEqual(contexts.at(-1), { theme: 'light', locale: 'de' });
});

test('Where the host can do a thing in both dialects, the standard is spoken; where in one, that one', async () => {
  const used: string[] = [];
  const openai: OpenAi = {
    callTool: async name => void used.push(name),
    sendFollowUpMessage: async ({ prompt }) => void used.push(prompt),
  };
  const both = setUp(openai);
  await both.initialize({ serverTools: {} });
  const call = both.bridge.callTool('show_cart', {});
  await turn();
  assert.equal(both.sent.at(-1)?.method, 'tools/call');
  await both.answer('tools/call', { structuredContent: 1 });
  assert.deepEqual(await call, { structuredContent: 1 });
  assert.equal(await both.bridge.say('hello'), true);
  assert.deepEqual(used, ['hello']);

  const openaiOnly = setUp(openai);
  await openaiOnly.bridge.callTool('show_cart', {});
  assert.deepEqual(used, ['hello', 'show_cart']);
});

test('A host that cannot call tools is known for it', async () => {
  const { bridge, initialize } = setUp();
  assert.equal(bridge.canCall, undefined);
  await initialize({});
  assert.equal(bridge.canCall, false);
});

test('A refusal of a message or a link is told, however it comes', async () => {
  const { bridge, answer, sent, say, initialize } = setUp();
  await initialize({ message: {}, openLinks: {} });
  const message = bridge.say('hello');
  await turn();
  assert.deepEqual(sent.at(-1)?.params, { role: 'user', content: [{ type: 'text', text: 'hello' }] });
  await answer('ui/message', { isError: true });
  assert.equal(await message, false);
  const link = bridge.openLink('https://shop.example/');
  say({ id: sent.at(-1)?.id, error: { code: -32000, message: 'no' } });
  assert.equal(await link, false);
  const opened = bridge.openLink('https://shop.example/');
  await answer('ui/open-link', {});
  assert.equal(await opened, true);
});

test('Requests of the host are answered: teardown, ping, and no to what is not known', async () => {
  const { say, sent } = setUp();
  for (const [id, method] of [[1, 'ping'], [2, 'ui/resource-teardown'], [3, 'tools/list']] as const) say({ id, method, params: {} });
  await turn();
  const answers = new Map(sent.slice(1).map(({ id, result, error }) => [id, result ?? error?.code]));
  assert.deepEqual([answers.get(1), answers.get(2), answers.get(3)], [{}, {}, -32601]);
  assert.equal(sent.length, 4);
});

test('Messages that are not JSON-RPC, and answers to nothing, are ignored', async () => {
  const { say, results, sent } = setUp();
  say({ jsonrpc: '1.0', method: 'ui/notifications/tool-result', params: {} });
  say({ id: 4711, result: {} });
  say({ method: 7 });
  await turn();
  assert.deepEqual(results, []);
  assert.equal(sent.length, 1);
});

test('A result in window.openai is read from wherever it lies', () => {
  const envelope = { structuredContent: { a: 1 }, content: [], _meta: { catalog: [] } };
  assert.equal(resultIn({ toolOutput: null, toolResponseMetadata: null }), undefined);
  assert.deepEqual(resultIn({ toolOutput: { a: 2 } })?.structuredContent, { a: 2 });
  for (const name of ['mcp_tool_result', 'call_tool_result']) {
    const found = resultIn({ toolOutput: null, toolResponseMetadata: { status: 'completed', [name]: envelope } });
    assert.deepEqual(found?.structuredContent, { a: 1 });
    assert.deepEqual(found?._meta, { status: 'completed', catalog: [] });
  }
  assert.equal(resultIn({ toolOutput: null, toolResponseMetadata: { mcp_tool_result: { isError: true, content: [] } } })?.isError, true);
});

test('Globals that change later bring the result', () => {
  const { results, setGlobals } = setUp({});
  assert.equal(results.length, 0);
  setGlobals({ toolOutput: { a: 1 } });
  assert.deepEqual(results.at(-1)?.structuredContent, { a: 1 });
});

test('Globals that change without a new result do not bring the old one again', () => {
  const { results, setGlobals } = setUp({ toolResponseMetadata: { mcp_tool_result: { isError: true, content: [] } } });
  setGlobals({ widgetState: { a: 1 } });
  setGlobals({ theme: 'dark' });
  assert.equal(results.length, 1);
});

test('Kept state has three facts at most, and leaves out the view when it grows too large', () => {
  const states: unknown[] = [];
  const { bridge } = setUp({ setWidgetState: state => void states.push(state) });
  bridge.tellModel('The shopper changed the cart.');
  bridge.keep({ cart_id: 'cart_1', version: 2, view: { of: 'x' } });
  bridge.keep({ cart_id: 'cart_1', version: 2, view: { of: 'x' } });
  bridge.keep({ cart_id: 'cart_1', version: 3, view: 'x'.repeat(3000) });
  assert.deepEqual(states, [
    { modelContent: 'The shopper changed the cart.', privateContent: { cart_id: 'cart_1', version: 2, view: { of: 'x' } }, imageIds: [] },
    { modelContent: 'The shopper changed the cart.', privateContent: { cart_id: 'cart_1', version: 3 }, imageIds: [] },
  ]);
});

test('A request that is not answered in time fails', async () => {
  const rpc = new Rpc({ post: () => undefined, listen: () => undefined }, { notified: () => undefined, asked: () => undefined });
  await assert.rejects(rpc.request('tools/call', {}, 1), { code: TIMED_OUT });
});
