// window.openai as ChatGPT puts it into a widget's frame, before the widget's own script. Runs in the frame.
import type { OpenAiGlobals, OpenAiMessage } from './wire.js';

declare const __globals: OpenAiGlobals;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const waiting = new Map<number, Waiting>();
let lastId = 0;

function ask(method: string, params: unknown): Promise<unknown> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    window.parent.postMessage({ openai: 'call', id, method, params } satisfies OpenAiMessage, '*');
  });
}

function setGlobals(globals: Partial<OpenAiGlobals>): void {
  Object.assign(openai, globals);
  window.dispatchEvent(new CustomEvent('openai:set_globals', { detail: { globals } }));
}

const openai = {
  ...__globals,
  displayMode: 'inline',
  maxHeight: 480,
  userAgent: { device: { type: 'desktop' }, capabilities: { hover: true, touch: false } },
  setWidgetState(state: unknown) {
    // Synchronous for the widget; kept by the host.
    const copy = structuredClone(state);
    void ask('setWidgetState', copy);
    setGlobals({ widgetState: copy });
  },
  callTool: (name: string, args: unknown) => ask('callTool', { name, args }),
  sendFollowUpMessage: (message: unknown) => ask('sendFollowUpMessage', message),
  openExternal: (link: unknown) => ask('openExternal', link),
  notifyIntrinsicHeight: (height: number) => void ask('notifyIntrinsicHeight', height),
  requestDisplayMode: ({ mode }: { mode: string }) => Promise.resolve({ mode }),
};

window.addEventListener('message', event => {
  const message = event.data as OpenAiMessage;
  if (event.source !== window.parent) return;
  if (message.openai === 'globals') setGlobals(message.params as Partial<OpenAiGlobals>);
  if (message.openai !== 'answer' || message.id === undefined) return;
  const call = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.error === undefined) call?.resolve(message.result);
  else call?.reject(new Error(message.error));
});

Object.assign(window, { openai });
