import { answer } from './answers.ts';
import { newConversation, newId, reopen, type Conversation, type Turn } from './conversation.ts';
import { Guide } from './guide.ts';
import { styleVariables, type Theme } from './host-look.ts';
import { CallLog } from './log.ts';
import { revisions, ShopClient, ShopError, type CallResult, type Json, type Resource, type Revision, type Tool } from './mcp.ts';
import { keep, recall } from './memory.ts';
import type { Dialect, DisplayMode, HostActions, Surroundings, WidgetHost } from './widget-host.ts';

export type Width = 'phone' | 'tablet' | 'desktop';
export const widths: Record<Width, number> = { phone: 375, tablet: 640, desktop: 840 };
export const locales: Record<string, string> = { 'en-US': 'English', 'de-DE': 'Deutsch', 'fr-FR': 'Français', 'ja-JP': '日本語', 'ar-EG': 'العربية', 'he-IL': 'עברית' };

export interface Choices {
  dialect: Dialect;
  revision: Revision;
  theme: 'system' | Theme;
  width: Width;
  locale: string;
  /** Whether tool calls carry the conversation's id, as ChatGPT does and others do not. */
  tellsConversation: boolean;
  showsLog: boolean;
}

const defaults: Choices = { dialect: 'apps', revision: revisions[0], theme: 'system', width: 'desktop', locale: 'en-US', tellsConversation: true, showsLog: window.innerWidth >= 1180 };

/** The state of the page, and what can be done on it. */
export class Playground {
  readonly log = new CallLog();
  readonly guide: Guide;
  choices: Choices = { ...defaults, ...recall<Partial<Choices>>('choices', localStorage) };
  conversation: Conversation;
  tools: readonly Tool[] = [];
  /** Why the shop does not answer; undefined while it does. */
  trouble: string | undefined;
  /** The turn whose widget fills the window. */
  fullscreen: number | undefined;
  private shop: ShopClient;
  private resources = new Map<string, Promise<Resource>>();
  /** The widgets that are there, by turn. */
  readonly mounted = new Map<number, WidgetHost>();
  private lastTurn: Promise<void> = Promise.resolve();
  private readonly subject: string;
  private readonly listeners = new Set<() => void>();

  constructor() {
    this.subject = recall<string>('subject', localStorage) ?? newId();
    keep('subject', this.subject, localStorage);
    this.conversation = reopen(recall<Conversation>('conversation', sessionStorage)) ?? newConversation();
    this.guide = new Guide(this);
    this.shop = this.newClient();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get theme(): Theme {
    return this.choices.theme === 'system' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : this.choices.theme;
  }

  /** Connects, or connects anew: the tools are listed again. */
  async connect(): Promise<void> {
    try {
      const tools = await this.shop.listTools();
      this.tools = tools;
      this.trouble = undefined;
      this.changed();
      await this.guide.learnProducts();
    } catch (error) {
      this.trouble = wordsOf(error);
    }

    this.changed();
  }

  async choose(choices: Partial<Choices>): Promise<void> {
    const { dialect, revision, tellsConversation } = this.choices;
    if (choices.dialect !== undefined && choices.dialect !== dialect) await this.closeWidgets();
    this.choices = { ...this.choices, ...choices };
    keep('choices', this.choices, localStorage);
    if (dialect !== this.choices.dialect || revision !== this.choices.revision || tellsConversation !== this.choices.tellsConversation) {
      this.shop = this.newClient();
      this.resources.clear();
      void this.connect();
    }

    this.changed();
  }

  /** Another conversation: the shop knows nothing of the one before. */
  async renew(): Promise<void> {
    await this.closeWidgets();
    this.conversation = newConversation();
    this.fullscreen = undefined;
    this.shop = this.newClient();
    this.resources.clear();
    this.changed();
    void this.connect();
  }

  /** The shopper, or a widget for them, says something; what is obvious is answered with a tool call. */
  say(text: string, from: Turn['from'] = 'shopper'): Promise<void> {
    return this.inTurn(() => this.reply(text, from));
  }

  /** A turn that calls a tool with what `args` gives when the turns before are over. */
  call(text: string, tool: string, args: () => Json): Promise<void> {
    return this.inTurn(() => this.run(text, tool, args(), 'shopper'));
  }

  private async reply(text: string, from: Turn['from']): Promise<void> {
    const next = answer(text, new Set(this.tools.map(tool => tool.name)), this.conversation);
    if ('say' in next) this.addTurn({ text, from, said: next.say });
    else await this.run(text, next.tool, next.args, from);
  }

  private async run(text: string, tool: string, args: Json, from: Turn['from']): Promise<void> {
    const turn = this.addTurn({ text, from, tool, args });
    const start = performance.now();
    try {
      const result = await this.shop.callTool(tool, args);
      this.learnIds(result);
      this.amend(turn.id, { result, took: performance.now() - start });
    } catch (error) {
      this.amend(turn.id, { failure: wordsOf(error), took: performance.now() - start });
    }
  }

  /** The arguments of a call that goes on with the conversation's cart, as the shop asks models to. */
  withCart(args: Json): Json {
    return this.conversation.cartId === undefined ? args : { ...args, cart_id: this.conversation.cartId };
  }

  /** A call of which nothing is shown. */
  look(tool: string, args: Json): Promise<CallResult> {
    return this.shop.callTool(tool, args, 'host');
  }

  /** Mounts the widget of a turn again and tells it nothing, as hosts do when a conversation is opened later. */
  async remount(id: number): Promise<void> {
    await this.mounted.get(id)?.close();
    const turn = this.conversation.turns.find(other => other.id === id);
    this.amend(id, { remounts: (turn?.remounts ?? 0) + 1 });
  }

  toolOf(turn: Turn): Tool | undefined {
    return this.tools.find(tool => tool.name === turn.tool);
  }

  /** Address of the widget that shows the tool's results. */
  widgetOf(tool: Tool | undefined): string | undefined {
    const uri = (tool?._meta?.['ui'] as Json | undefined)?.['resourceUri'] ?? tool?._meta?.['openai/outputTemplate'];
    return typeof uri === 'string' ? uri : undefined;
  }

  /** The widget's document, fetched once per connection, as hosts do. */
  resource(uri: string): Promise<Resource> {
    let resource = this.resources.get(uri);
    if (!resource) {
      resource = this.shop.readResource(uri).then(([contents]) => {
        if (contents?.text === undefined) throw new ShopError(`The shop has no widget ${uri}.`);
        return contents;
      });
      resource.catch(() => this.resources.delete(uri));
      this.resources.set(uri, resource);
    }

    return resource;
  }

  surroundings(turn: Turn, width: number): Surroundings {
    const displayMode: DisplayMode = this.fullscreen === turn.id ? 'fullscreen' : 'inline';
    return { theme: this.theme, locale: this.choices.locale, width, displayMode, variables: styleVariables(this.theme) };
  }

  /** What the widget of a turn may ask for. */
  actionsFor(turn: Turn, resize: (height: number) => void): HostActions {
    return {
      callTool: async (name, args) => {
        const visibility = (this.tools.find(tool => tool.name === name)?._meta?.['ui'] as Json | undefined)?.['visibility'];
        if (Array.isArray(visibility) && !visibility.includes('app')) throw new ShopError(`Widgets may not call ${name}.`);
        const result = await this.shop.callTool(name, args, 'widget');
        this.learnIds(result);
        this.guide.widgetCalled(name, result);
        return result;
      },
      readResource: uri => this.shop.readResource(uri, 'widget'),
      listResources: () => this.shop.listResources('widget'),
      say: text => void this.say(text, 'widget'),
      openLink: openTab,
      tellModel: context => this.amend(turn.id, { told: toldText(context) }),
      keepState: state => this.amend(turn.id, { state }),
      resize,
      display: mode => {
        this.showFullscreen(mode === 'fullscreen' ? turn.id : undefined);
        return mode;
      },
    };
  }

  showFullscreen(id: number | undefined): void {
    this.fullscreen = id;
    this.changed();
  }

  /** Something outside has changed that the page shows. */
  changed(): void {
    keep('conversation', { ...this.conversation, turns: this.conversation.turns.slice(-30) }, sessionStorage);
    for (const listener of this.listeners) listener();
  }

  private async closeWidgets(): Promise<void> {
    await Promise.all([...this.mounted.values()].map(host => host.close()));
  }

  private newClient(): ShopClient {
    return new ShopClient({
      endpoint: '/mcp',
      revision: this.choices.revision,
      keepsSession: this.choices.dialect === 'apps',
      callMeta: () => this.callMeta(),
      log: this.log,
    });
  }

  private callMeta(): Json {
    const { dialect, locale, tellsConversation } = this.choices;
    return {
      ...(tellsConversation ? { 'openai/session': this.conversation.id, 'openai/subject': this.subject } : {}),
      ...(dialect === 'chatgpt' ? { 'openai/locale': locale, 'openai/userAgent': 'cartwright-playground/1' } : {}),
    };
  }

  /** One turn after the other: what a turn asks may depend on what the one before has done. */
  private inTurn(turn: () => Promise<void>): Promise<void> {
    this.lastTurn = this.lastTurn.then(turn);
    return this.lastTurn;
  }

  private addTurn(fields: Omit<Turn, 'id'>): Turn {
    const turn: Turn = { ...fields, id: (this.conversation.turns.at(-1)?.id ?? 0) + 1 };
    this.conversation = { ...this.conversation, turns: [...this.conversation.turns, turn] };
    this.changed();
    return turn;
  }

  private amend(id: number, fields: Partial<Turn>): void {
    const turns = this.conversation.turns.map(turn => (turn.id === id ? { ...turn, ...fields } : turn));
    this.conversation = { ...this.conversation, turns };
    this.changed();
  }

  private learnIds(result: CallResult): void {
    const { cart_id: cartId, order_id: orderId } = result.structuredContent ?? {};
    if (result.isError) return;
    if (typeof cartId === 'string') this.conversation = { ...this.conversation, cartId };
    if (typeof orderId === 'string') this.conversation = { ...this.conversation, orderId };
    if (cartId !== undefined || orderId !== undefined) this.changed();
  }
}

/** Opens a page in a new tab that knows nothing of this one. False when it is not a web page, or the browser blocks it. */
function openTab(url: string): boolean {
  if (!/^https?:\/\//i.test(url)) return false;
  // With the feature "noopener" nobody would be told whether the tab was blocked. The response's policy keeps the referrer away.
  const tab = window.open(url, '_blank');
  if (tab === null) return false;
  tab.opener = null;
  return true;
}

function wordsOf(error: unknown): string {
  return error instanceof ShopError ? error.message : `Something went wrong: ${String(error)}`;
}

function toldText(context: Json): string {
  const blocks = Array.isArray(context['content']) ? (context['content'] as { text?: string }[]) : [];
  const text = blocks.map(block => block.text ?? '').join('\n');
  return text !== '' ? text : JSON.stringify(context['structuredContent'] ?? {});
}
