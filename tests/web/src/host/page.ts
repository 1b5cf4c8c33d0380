// The host page: a chat with one widget in it, in either dialect. Runs in the browser; tool calls go to the stage, which has the server.
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

import type { HostLog, HostWindow, MountOptions, OpenAiMessage } from './wire.js';

const log: HostLog = { messages: [], links: [], modelContexts: [], heights: [], calls: [] };
let bridge: AppBridge | undefined;
let frame: HTMLIFrameElement | undefined;
let options: MountOptions;

async function callTool(name: string, args: Record<string, unknown>): Promise<object> {
  log.calls.push({ name, args });
  const response = await fetch('/call', { method: 'POST', body: JSON.stringify({ mount: options.mount, name, args }) });
  if (response.status !== 200) throw new Error(`The call did not come through (${response.status}).`);
  return (await response.json()) as object;
}

function resize(height: number | undefined): void {
  if (frame === undefined || height === undefined) return;
  log.heights.push(height);
  frame.style.height = `${height}px`;
}

const textOf = (blocks: unknown): string => (Array.isArray(blocks) ? blocks : []).map(block => (block as { text?: string }).text ?? '').join('\n');

async function mount(given: MountOptions): Promise<void> {
  await bridge?.close();
  frame?.remove();
  [bridge, options] = [undefined, given];
  frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-popups allow-forms');
  frame.title = 'Widget';
  frame.style.width = `${given.width}px`;
  document.body.append(frame);
  if (given.dialect !== 'openai') await connect(frame);
  frame.src = given.src;
}

async function connect(target: HTMLIFrameElement): Promise<void> {
  const capabilities = { openLinks: {}, serverTools: {}, serverResources: {}, message: { text: {} }, updateModelContext: { text: {} } };
  const made = new AppBridge(null, { name: 'test-host', version: '1.0.0' }, capabilities, { hostContext: options.context });
  made.oncalltool = async ({ name, arguments: args }) => (await callTool(name, args ?? {})) as never;
  made.onmessage = async ({ content }) => {
    if (options.refusesMessages) return { isError: true };
    log.messages.push(textOf(content));
    return {};
  };
  made.onopenlink = async ({ url }) => {
    if (options.refusesLinks) return { isError: true };
    log.links.push(url);
    return {};
  };
  made.onupdatemodelcontext = async ({ content }) => {
    log.modelContexts.push(textOf(content));
    return {};
  };
  made.onsizechange = ({ height }) => resize(height);
  made.oninitialized = () => {
    void made.sendToolInput({ arguments: options.args });
    if (options.result !== undefined) void made.sendToolResult(options.result as never);
  };
  bridge = made;
  await made.connect(new PostMessageTransport(target.contentWindow as Window, target.contentWindow as Window));
}

/** What the emulated window.openai asks. */
async function answer(method: string, params: never): Promise<unknown> {
  switch (method) {
    case 'callTool': {
      const { name, args } = params as { name: string; args: Record<string, unknown> };
      return callTool(name, args);
    }
    case 'setWidgetState': {
      const { modelContent } = params as { modelContent?: string };
      if (typeof modelContent === 'string' && modelContent !== log.modelContexts.at(-1)) log.modelContexts.push(modelContent);
      await fetch('/state', { method: 'POST', body: JSON.stringify({ mount: options.mount, state: params }) });
      return undefined;
    }
    case 'sendFollowUpMessage':
      if (options.refusesMessages) throw new Error('Refused.');
      log.messages.push((params as { prompt: string }).prompt);
      return undefined;
    case 'openExternal':
      if (options.refusesLinks) throw new Error('Refused.');
      log.links.push((params as { href: string }).href);
      return undefined;
    case 'notifyIntrinsicHeight':
      resize(params);
      return undefined;
    default:
      throw new Error(`window.openai has no ${method}.`);
  }
}

window.addEventListener('message', event => {
  const message = event.data as OpenAiMessage;
  if (frame === undefined || event.source !== frame.contentWindow || message.openai !== 'call') return;
  const target = frame.contentWindow as Window;
  const reply = (rest: object): void => target.postMessage({ openai: 'answer', id: message.id, ...rest }, '*');
  answer(message.method ?? '', message.params as never).then(
    result => reply({ result }),
    (error: Error) => reply({ error: error.message }),
  );
});

(window as unknown as HostWindow).host = {
  log,
  mount,
  sendResult: async result => void (await bridge?.sendToolResult(result as never)),
  setGlobals: globals => frame?.contentWindow?.postMessage({ openai: 'globals', params: globals } satisfies OpenAiMessage, '*'),
  setContext: async context => {
    options.context = { ...options.context, ...context };
    bridge?.setHostContext(options.context);
    frame?.contentWindow?.postMessage({ openai: 'globals', params: context } satisfies OpenAiMessage, '*');
  },
  cancel: async () => void (await bridge?.sendToolCancelled({ reason: 'stopped' })),
  teardown: async () => {
    await bridge?.teardownResource({});
    frame?.remove();
  },
};
