import type { Json } from './mcp.ts';

/** What a widget's frame is given before the widget's own script runs. */
export interface PreludeConfig {
  /** The initial globals of `window.openai`; null where the host has none. */
  globals: Json | null;
}

// These travel over the same channel as the standard's messages, but neither the official bridge nor the widget sees them.
export const privatePrefix = 'playground/';

/** The widget's document with the prelude put first. */
export function withPrelude(html: string, config: PreludeConfig): string {
  const script = `<script>(${install.toString()})(${JSON.stringify(config).replaceAll('<', '\\u003c')})</script>`;
  const head = /<head[^>]*>|<html[^>]*>|<!doctype[^>]*>/gi;
  let at = 0;
  for (let match = head.exec(html); match && match.index < 2000; match = head.exec(html)) {
    at = head.lastIndex;
    if (match[0].toLowerCase().startsWith('<head')) break;
  }

  return html.slice(0, at) + script + html.slice(at);
}

// Runs inside the widget's frame, as text: it may use nothing of this module.
function install(config: PreludeConfig): void {
  const host = window.parent;
  const post = (method: string, params: unknown, id?: string): void =>
    host.postMessage({ jsonrpc: '2.0', method: `playground/${method}`, params, ...(id === undefined ? {} : { id }) }, '*');

  document.addEventListener('securitypolicyviolation', event =>
    post('violation', { directive: event.effectiveDirective, blocked: event.blockedURI, line: event.lineNumber, sample: event.sample }));
  window.addEventListener('error', event => post('error', { message: String(event.message), line: event.lineno }));
  window.addEventListener('unhandledrejection', event => post('error', { message: String(event.reason) }));
  if (!config.globals) return;

  const globals: Record<string, unknown> = config.globals;
  const waiting = new Map<string, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
  let next = 1;
  const ask = (method: string, params: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = `openai-${next++}`;
      waiting.set(id, { resolve, reject });
      post(`openai.${method}`, params, id);
    });
  const setLanguage = (): void => {
    if (typeof globals['locale'] === 'string') document.documentElement.lang = globals['locale'];
  };
  const api: Record<string, unknown> = {
    callTool: (name: string, args: unknown) => ask('callTool', { name, arguments: args ?? {} }),
    sendFollowUpMessage: (message: unknown) => ask('sendFollowUpMessage', message),
    openExternal: (link: unknown) => ask('openExternal', link),
    requestDisplayMode: (mode: unknown) => ask('requestDisplayMode', mode),
    requestClose: () => ask('requestClose', {}),
    setOpenInAppUrl: (link: unknown) => ask('setOpenInAppUrl', link),
    notifyIntrinsicHeight: (height: unknown) => ask('notifyIntrinsicHeight', { height: Number(height) }),
    setWidgetState: (state: unknown) => {
      change({ widgetState: state });
      return ask('setWidgetState', { state });
    },
  };
  for (const name of Object.keys(globals)) Object.defineProperty(api, name, { get: () => globals[name], enumerable: true });
  Object.defineProperty(window, 'openai', { value: api });

  function change(changed: Record<string, unknown>): void {
    Object.assign(globals, changed);
    setLanguage();
    window.dispatchEvent(new CustomEvent('openai:set_globals', { detail: { globals: changed } }));
  }

  window.addEventListener('message', event => {
    const { source, data } = event as MessageEvent<{ method?: string; id?: string; params?: Record<string, unknown>; result?: unknown; error?: { message: string } } | null>;
    if (source !== host || !data) return;
    const asked = data.method === undefined ? waiting.get(String(data.id)) : undefined;
    if (asked) {
      event.stopImmediatePropagation();
      waiting.delete(String(data.id));
      if (data.error) asked.reject(new Error(data.error.message));
      else asked.resolve(data.result);
    } else if (data.method === 'playground/openai.globals') {
      event.stopImmediatePropagation();
      change(data.params ?? {});
    }
  });
  setLanguage();
  post('openai.ready', {});
}
