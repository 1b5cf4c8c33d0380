import './no-eval.ts';
import { AppBridge, type McpUiHostContext } from '@modelcontextprotocol/ext-apps/app-bridge';
import { FrameTransport, type PrivateMessage } from './frame-transport.ts';
import { subjectOf, type CallLog } from './log.ts';
import type { CallResult, Json, Resource, Tool } from './mcp.ts';
import { withPrelude } from './prelude.ts';

export type Dialect = 'apps' | 'chatgpt';
export type DisplayMode = 'inline' | 'fullscreen';

/** What the place in which a widget is shown looks like. */
export interface Surroundings {
  theme: 'light' | 'dark';
  locale: string;
  width: number;
  displayMode: DisplayMode;
  variables: NonNullable<NonNullable<McpUiHostContext['styles']>['variables']>;
}

/** What a widget may ask of its host. */
export interface HostActions {
  callTool(name: string, args: Json): Promise<CallResult>;
  readResource(uri: string): Promise<Resource[]>;
  listResources(): Promise<Json>;
  /** The widget speaks for the shopper. */
  say(text: string): void;
  /** False when the link is refused. */
  openLink(url: string): boolean;
  tellModel(context: Json): void;
  keepState(state: unknown): void;
  resize(height: number): void;
  display(mode: DisplayMode): DisplayMode;
}

export interface WidgetOptions {
  frame: HTMLIFrameElement;
  resource: Resource;
  dialect: Dialect;
  tool: Tool;
  args: Json;
  /** Absent while the tool runs, and when the host remounts the widget without one. */
  result: CallResult | undefined;
  state: unknown;
  surroundings: Surroundings;
  actions: HostActions;
  log: CallLog;
}

const hostInfo = { name: 'cartwright-playground', version: '1.0.0' };
const maxHeight = 6000;

/** A widget in its frame, spoken to as a host does: the standard's bridge always, `window.openai` on top in the ChatGPT dialect. */
export class WidgetHost {
  private readonly bridge: AppBridge;
  private readonly transport: FrameTransport;
  private ready = false;
  /** The frame's `window.openai` is there, with these. */
  private listens = false;
  private known: { pending: CallResult | undefined; surroundings: Surroundings | undefined } = { pending: undefined, surroundings: undefined };
  private closing: Promise<void> | undefined;
  private pending: CallResult | undefined;
  private surroundings: Surroundings;

  constructor(private readonly options: WidgetOptions) {
    const { frame, actions, log } = options;
    this.surroundings = options.surroundings;
    this.pending = options.result;
    this.transport = new FrameTransport(frame.contentWindow!, log, message => void this.receivePrivate(message));
    this.bridge = new AppBridge(
      null,
      hostInfo,
      { openLinks: {}, serverTools: {}, serverResources: {}, logging: {}, updateModelContext: { text: {}, structuredContent: {} }, message: { text: {} } },
      { hostContext: this.context() },
    );
    this.connectActions(actions);
    void this.bridge.connect(this.transport);
    frame.src = sandboxAddress(options.resource);
  }

  /** The tool has answered. */
  setResult(result: CallResult): void {
    this.pending = result;
    if (this.ready) void this.bridge.sendToolResult(result as Parameters<AppBridge['sendToolResult']>[0]);
    this.tellNews();
  }

  setSurroundings(surroundings: Surroundings): void {
    this.surroundings = surroundings;
    if (this.ready) this.bridge.setHostContext(this.context());
    this.tellNews();
  }

  /** Lets the widget finish what it is doing, then cuts the connection. The frame should still be there. */
  close(): Promise<void> {
    this.closing ??= this.tearDown();
    return this.closing;
  }

  private async tearDown(): Promise<void> {
    if (this.ready && this.options.frame.isConnected) await this.bridge.teardownResource({}, { timeout: 1000 }).catch(() => undefined);
    await this.bridge.close();
  }

  private connectActions(actions: HostActions): void {
    const { bridge, options } = this;
    bridge.addEventListener('sandboxready', () => {
      const globals = options.dialect === 'chatgpt' ? this.globals() : null;
      void bridge.sendSandboxResourceReady({ html: withPrelude(options.resource.text ?? '', { globals }) });
    });
    bridge.addEventListener('initialized', () => {
      this.ready = true;
      bridge.setHostContext(this.context());
      void bridge.sendToolInput({ arguments: options.args });
      if (this.pending) void bridge.sendToolResult(this.pending as Parameters<AppBridge['sendToolResult']>[0]);
    });
    bridge.addEventListener('sizechange', ({ height }) => this.resize(height));
    bridge.addEventListener('loggingmessage', () => undefined); // It is in the log already.
    type Answer<K extends 'oncalltool' | 'onreadresource' | 'onlistresources'> = ReturnType<NonNullable<AppBridge[K]>>;
    bridge.oncalltool = ({ name, arguments: args }) => actions.callTool(name, args ?? {}) as unknown as Answer<'oncalltool'>;
    bridge.onreadresource = async ({ uri }) => ({ contents: await actions.readResource(uri) }) as Awaited<Answer<'onreadresource'>>;
    bridge.onlistresources = async () => (await actions.listResources()) as Awaited<Answer<'onlistresources'>>;
    bridge.onmessage = async ({ content }) => {
      actions.say(content.map(block => (block.type === 'text' ? block.text : '')).join('\n'));
      return {};
    };
    bridge.onopenlink = async ({ url }) => (actions.openLink(url) ? {} : { isError: true });
    bridge.onupdatemodelcontext = async context => {
      actions.tellModel(context as Json);
      return {};
    };
    bridge.onrequestdisplaymode = async ({ mode }) => ({ mode: actions.display(mode === 'fullscreen' ? 'fullscreen' : 'inline') });
  }

  private async receivePrivate({ id, method, params }: PrivateMessage): Promise<void> {
    const { log } = this.options;
    if (method === 'openai.ready') {
      this.listens = true;
      return this.tellNews();
    }

    if (method === 'violation') return log.note('widget', 'host', 'CSP violation', `${String(params['directive'])}: ${String(params['blocked'])}`, params, true);
    if (method === 'error') return log.note('widget', 'host', 'script error', String(params['message']), params, true);
    const call = log.open('widget', 'host', method.replace('openai.', 'window.openai.'), subjectOf(params), params);
    try {
      const result = (await this.perform(method.replace('openai.', ''), params)) ?? null;
      call.answer(result, (result as Json | null)?.['isError'] === true);
      this.transport.sendPrivate({ id, result });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      call.answer({ error: message }, true);
      this.transport.sendPrivate({ id, error: { code: -32000, message } });
    }
  }

  private async perform(method: string, params: Json): Promise<unknown> {
    const { actions } = this.options;
    if (method === 'callTool') return actions.callTool(String(params['name']), params['arguments'] as Json);
    if (method === 'sendFollowUpMessage') return actions.say(String(params['prompt']));
    if (method === 'setWidgetState') return actions.keepState(params['state']);
    if (method === 'notifyIntrinsicHeight') return this.resize(params['height'] as number);
    if (method === 'requestDisplayMode') return { mode: actions.display(params['mode'] === 'fullscreen' ? 'fullscreen' : 'inline') };
    if (method === 'openExternal' && !actions.openLink(String(params['href']))) throw new Error('The link was refused.');
    return undefined;
  }

  private resize(height: unknown): void {
    if (typeof height === 'number' && height > 0) this.options.actions.resize(Math.min(Math.ceil(height), maxHeight));
  }

  /** Tells what has changed since `window.openai` was filled, or told last. Before the frame listens, nothing would arrive. */
  private tellNews(): void {
    const { pending, surroundings } = this;
    if (!this.listens || (this.known.pending === pending && this.known.surroundings === surroundings)) return;
    const globals = {
      ...(this.known.surroundings === surroundings ? {} : this.place()),
      ...(this.known.pending === pending || !pending ? {} : outcome(pending)),
    };
    this.known = { pending, surroundings };
    this.options.log.note('host', 'widget', 'openai:set_globals', Object.keys(globals).join(', '), globals);
    this.transport.sendPrivate({ method: 'playground/openai.globals', params: globals });
  }

  /** Hosts keep what the widget stored, whatever else they forget on a remount. */
  private globals(): Json {
    const { args, state } = this.options;
    this.known = { pending: this.pending, surroundings: this.surroundings };
    return { toolInput: args, toolOutput: null, toolResponseMetadata: null, widgetState: state ?? null, ...this.place(), ...(this.pending ? outcome(this.pending) : {}) };
  }

  private place(): Json {
    const { theme, locale, displayMode } = this.surroundings;
    const insets = { top: 0, bottom: 0, left: 0, right: 0 };
    const userAgent = { device: { type: this.surroundings.width < 500 ? 'mobile' : 'desktop' }, capabilities: { hover: true, touch: false } };
    return { theme, locale, displayMode, maxHeight, safeArea: { insets }, view: { mode: displayMode, params: null }, userAgent };
  }

  private context(): McpUiHostContext {
    const { theme, locale, width, displayMode, variables } = this.surroundings;
    return {
      toolInfo: { tool: this.options.tool as NonNullable<McpUiHostContext['toolInfo']>['tool'] },
      theme,
      styles: { variables },
      displayMode,
      availableDisplayModes: ['inline', 'fullscreen'],
      containerDimensions: { maxHeight, width },
      locale,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      userAgent: 'cartwright-playground/1',
      platform: width < 500 ? 'mobile' : 'web',
      deviceCapabilities: { hover: true, touch: navigator.maxTouchPoints > 0 },
      safeAreaInsets: { top: 0, right: 0, bottom: 0, left: 0 },
    };
  }
}

/** The globals that a result sets, as ChatGPT has them. */
function outcome(result: CallResult): Json {
  return {
    toolOutput: result.structuredContent ?? null,
    toolResponseMetadata: { status: result.isError ? 'error' : 'success', call_tool_result: result, mcp_tool_result: result },
  };
}

/** The sandbox whose policy allows what the resource declares, in either dialect's words. */
export function sandboxAddress(resource: Resource): string {
  const standard = ((resource._meta?.['ui'] as Json | undefined)?.['csp'] ?? {}) as Record<string, string[] | undefined>;
  const alias = (resource._meta?.['openai/widgetCSP'] ?? {}) as Record<string, string[] | undefined>;
  const query = new URLSearchParams();
  for (const [name, key, other] of [['connect', 'connectDomains', 'connect_domains'], ['resource', 'resourceDomains', 'resource_domains'], ['frame', 'frameDomains', 'frame_domains'], ['base', 'baseUriDomains', '']] as const) {
    for (const domain of standard[key] ?? alias[other] ?? []) query.append(name, domain);
  }

  return `/playground/sandbox?${query.toString()}`;
}
