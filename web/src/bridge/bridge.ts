import { asResult, contextIn, keptIn, resultIn, type HostContext, type OpenAi, type ToolResult } from './host.ts';
import { isRecord, Rpc, type Port } from './rpc.ts';

/** The one revision of the MCP Apps bridge that hosts speak. */
const PROTOCOL = '2026-01-26';
/** A tool call may take this long, in milliseconds; what only the host does takes less. */
const CALL_LIMIT = 30_000;
const HOST_LIMIT = 8_000;
/** Hosts hand everything kept to the model: 2 KB is what OpenAI's rules leave room for. */
const KEPT_LIMIT = 2048;

/** What the widget gets to know. Results may come twice, late or out of order: the receiver sorts that out. */
export interface BridgeEvents {
  /** A host is there: the handshake is done, or `window.openai` was found. May come twice. */
  ready(): void;
  result(result: ToolResult): void;
  input(args: Record<string, unknown>): void;
  cancelled(): void;
  context(context: HostContext): void;
  /** The widget is about to go: it may once the promise is fulfilled. */
  teardown(): Promise<void>;
}

/** The part of a window that the bridge needs; a test brings its own. */
export interface BridgeWindow {
  readonly openai?: OpenAi;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/** Speaks with the host in both dialects, MCP Apps and `window.openai`, and picks for each function the one that the host can do. */
export class Bridge {
  context: HostContext = {};
  /** Arguments of the tool call that the widget is shown for; undefined until known. */
  input: Record<string, unknown> | undefined;

  private readonly rpc: Rpc;
  private capabilities: Record<string, unknown> | undefined;
  private opened!: () => void;
  private readonly open: Promise<void> = new Promise(resolve => (this.opened = resolve));
  private told: string | undefined;
  private kept = '';
  private lastResult: string | undefined;

  constructor(
    private readonly view: BridgeWindow,
    port: Port,
    private readonly name: string,
    private readonly events: BridgeEvents,
  ) {
    this.rpc = new Rpc(port, {
      notified: (method, params) => this.notified(method, params),
      asked: method => this.asked(method),
    });
    view.addEventListener('openai:set_globals', event => {
      const { detail } = event as CustomEvent<{ globals?: OpenAi } | undefined>;
      this.readGlobals({ ...this.view.openai, ...detail?.globals });
    });
  }

  /** Starts the handshake. It never times out, because a host may take its time; calling it again asks again. */
  connect(): void {
    if (this.view.openai !== undefined) this.readGlobals(this.view.openai);
    this.rpc
      .request('ui/initialize', { appInfo: { name: this.name, version: '1' }, appCapabilities: {}, protocolVersion: PROTOCOL })
      .then(
        answer => {
          const { hostContext, hostCapabilities } = isRecord(answer) ? answer : {};
          this.capabilities = isRecord(hostCapabilities) ? hostCapabilities : {};
          this.adopt(isRecord(hostContext) ? hostContext : {});
          this.rpc.notify('ui/notifications/initialized', {});
          this.begin();
        },
        () => undefined, // A host that knows only window.openai.
      );
  }

  /** Whether tools can be called; undefined while no host has shown itself. */
  get canCall(): boolean | undefined {
    if (this.speaks('serverTools') || this.view.openai?.callTool !== undefined) return true;
    return this.capabilities === undefined ? undefined : false;
  }

  /** Calls a tool of the shop. Rejects when the call did not come through; a tool's own error is a result. */
  async callTool(name: string, args: Record<string, unknown>): Promise<ToolResult> {
    await within(this.open, HOST_LIMIT, 'No assistant has answered.');
    const { openai } = this.view;
    if (!this.speaks('serverTools') && openai?.callTool !== undefined) {
      return asResult(await within(openai.callTool(name, args), CALL_LIMIT, `${name} took too long.`));
    }

    return asResult(await this.rpc.request('tools/call', { name, arguments: args }, CALL_LIMIT));
  }

  /** Says something in the shopper's name. False when the host refuses. */
  async say(prompt: string): Promise<boolean> {
    const { openai } = this.view;
    if (!this.speaks('message') && openai?.sendFollowUpMessage !== undefined) {
      return succeeds(openai.sendFollowUpMessage({ prompt }));
    }

    const params = { role: 'user', content: [{ type: 'text', text: prompt }] };
    return this.capabilities !== undefined && succeeds(this.rpc.request('ui/message', params, HOST_LIMIT));
  }

  /** Opens a page outside. False when the host refuses: then a plain link is the way. */
  async openLink(url: string): Promise<boolean> {
    const { openai } = this.view;
    if (openai?.openExternal !== undefined) return succeeds((async () => openai.openExternal?.({ href: url }))());
    return this.capabilities !== undefined && succeeds(this.rpc.request('ui/open-link', { url }, HOST_LIMIT));
  }

  /** Tells the model, silently, what it should know with the shopper's next message; replaces what it was told before. */
  tellModel(text: string): void {
    if (this.speaks('updateModelContext')) {
      this.rpc.request('ui/update-model-context', { content: [{ type: 'text', text }] }, HOST_LIMIT).catch(() => undefined);
    } else {
      this.told = text;
    }
  }

  /** Keeps a few facts for a later mount, where the host can; `view` is left out when all would be too large. */
  keep(facts: { cart_id?: string | undefined; version?: number | undefined; view?: unknown }): void {
    const { openai } = this.view;
    if (openai?.setWidgetState === undefined) return;
    const { view, ...rest } = facts;
    const state = (kept: object): object => ({ modelContent: this.told ?? null, privateContent: kept, imageIds: [] });
    const whole = JSON.stringify(state({ ...rest, view }));
    const chosen = new TextEncoder().encode(whole).length <= KEPT_LIMIT ? whole : JSON.stringify(state(rest));
    if (chosen === this.kept) return;
    this.kept = chosen;
    openai.setWidgetState(JSON.parse(chosen));
  }

  /** What an earlier mount kept. */
  get remembered(): Record<string, unknown> {
    return keptIn(this.view.openai);
  }

  reportSize(width: number, height: number): void {
    if (this.capabilities !== undefined) this.rpc.notify('ui/notifications/size-changed', { width, height });
    this.view.openai?.notifyIntrinsicHeight?.(height);
  }

  private speaks(capability: string): boolean {
    return isRecord(this.capabilities?.[capability]);
  }

  private begin(): void {
    this.opened();
    this.events.ready();
  }

  private notified(method: string, params: Record<string, unknown>): void {
    if (method === 'ui/notifications/tool-result') this.events.result(params);
    else if (method === 'ui/notifications/tool-input') this.learnInput(params['arguments']);
    else if (method === 'ui/notifications/tool-cancelled') this.events.cancelled();
    else if (method === 'ui/notifications/host-context-changed') this.adopt(params);
    // tool-input-partial is half an input: there is nothing that a shopper could see of it.
  }

  private asked(method: string): Promise<unknown> | undefined {
    if (method === 'ping') return Promise.resolve({});
    if (method !== 'ui/resource-teardown') return undefined;
    return this.events.teardown().then(() => ({}));
  }

  private readGlobals(globals: OpenAi): void {
    this.adopt(contextIn(globals));
    this.learnInput(globals.toolInput);
    const result = resultIn(globals);
    // Every change of any global comes by here: an old result, an old error above all, must not come up again.
    const known = JSON.stringify(result);
    if (result !== undefined && known !== this.lastResult) this.events.result(result);
    this.lastResult = known;
    this.begin();
  }

  private learnInput(args: unknown): void {
    if (!isRecord(args)) return;
    this.input = args;
    this.events.input(args);
  }

  private adopt(context: HostContext): void {
    this.context = { ...this.context, ...context };
    this.events.context(this.context);
  }
}

/** The parent window as a port. Nobody else is listened to: any page could post messages to a frame. */
export function parentPort(view: Window): Port {
  return {
    // The host's origin is not known beforehand, and is opaque in a sandbox.
    post: message => view.parent !== view && view.parent.postMessage(message, '*'),
    listen: receive =>
      view.addEventListener('message', event => {
        if (event.source === view.parent && event.source !== view) receive(event.data);
      }),
  };
}

async function succeeds(answer: Promise<unknown>): Promise<boolean> {
  try {
    const result = await answer;
    return !(isRecord(result) && result['isError'] === true);
  } catch {
    return false;
  }
}

function within<T>(work: Promise<T>, limit: number, message: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(message)), limit)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
