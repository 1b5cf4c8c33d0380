import type { FrameLocator, Page } from 'playwright-core';

import { asObject, type JsonObject } from '../../node/src/shapes.js';
import type { Conversation, Result } from './conversation.js';
import type { Dialect, HostLog, HostWindow, OpenAiGlobals } from './host/wire.js';
import type { Mount, Stage } from './stage.js';

export interface ShowOptions {
  conversation: Conversation;
  /** Which tool's widget, or a widget's URI. */
  tool: string;
  args?: JsonObject;
  /** What the tool answered; null for a host that does not send it. */
  result: Result | null;
  dialect?: Dialect;
  context?: { theme?: string; locale?: string; styles?: JsonObject; safeAreaInsets?: JsonObject };
  width?: number;
  refusesLinks?: boolean;
  refusesMessages?: boolean;
  /** What the widget kept in an earlier mount. */
  state?: unknown;
  /** Changes window.openai's globals before the widget sees them. */
  globals?: (globals: OpenAiGlobals) => Partial<OpenAiGlobals>;
  intercept?: Mount['intercept'];
}

/** A window with a host that shows one widget. */
export class HostPage {
  /** Errors on the console and violations of a content security policy. */
  readonly complaints: string[] = [];
  private id = '';

  constructor(
    private readonly stage: Stage,
    readonly page: Page,
  ) {
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', error => this.complaints.push(String(error)));
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  get widget(): FrameLocator {
    return this.page.frameLocator('iframe');
  }

  get mount(): Mount {
    return this.stage.mount(this.id);
  }

  /** Mounts the widget in a new frame, as hosts do for each call. */
  async show(options: ShowOptions): Promise<void> {
    const { conversation, tool, result, args = {}, context = {}, width = 720 } = options;
    const dialect = options.dialect ?? conversation.dialect;
    const globals = dialect === 'mcp-apps' ? undefined : { ...globalsOf(args, result, context, options.state) };
    const shaped = globals === undefined ? undefined : { ...globals, ...options.globals?.(globals) };
    this.id = await this.stage.prepare(conversation, tool, shaped, options.state ?? null);
    if (options.intercept !== undefined) this.mount.intercept = options.intercept;
    const mount = {
      dialect,
      src: `/frame/${this.id}`,
      mount: this.id,
      args,
      ...(result === null ? {} : { result }),
      context: { ...context, ...(context.styles === undefined ? {} : { styles: { variables: context.styles } }) },
      width,
      refusesLinks: options.refusesLinks ?? false,
      refusesMessages: options.refusesMessages ?? false,
    };
    await this.page.evaluate(given => (window as unknown as HostWindow).host.mount(given as never), mount);
  }

  /** Everything the widget asked of its host since the window was opened. */
  log(): Promise<HostLog> {
    return this.page.evaluate(() => (window as unknown as HostWindow).host.log);
  }

  /** A result in both ways that a host may have: as a message, and as changed globals. */
  async sendResult(result: Result): Promise<void> {
    const globals = { toolOutput: result['structuredContent'] ?? null, toolResponseMetadata: metadataOf(result) };
    await this.page.evaluate(
      async ([message, changed]) => {
        const { host } = window as unknown as HostWindow;
        await host.sendResult(message as object);
        host.setGlobals(changed as Partial<OpenAiGlobals>);
      },
      [result, globals] as const,
    );
  }

  setContext(context: JsonObject): Promise<void> {
    return this.page.evaluate(given => (window as unknown as HostWindow).host.setContext(given), context);
  }

  cancel(): Promise<void> {
    return this.page.evaluate(() => (window as unknown as HostWindow).host.cancel());
  }

  teardown(): Promise<void> {
    return this.page.evaluate(() => (window as unknown as HostWindow).host.teardown());
  }
}

/** `toolResponseMetadata` as ChatGPT has it: the whole result in it, `_meta` included. */
function metadataOf(result: Result): JsonObject {
  return { status: 'completed', mcp_tool_result: result };
}

function globalsOf(args: JsonObject, result: Result | null, context: NonNullable<ShowOptions['context']>, state: unknown): OpenAiGlobals {
  const { safeAreaInsets } = context;
  return {
    theme: context.theme ?? 'light',
    locale: context.locale ?? 'en-US',
    ...(safeAreaInsets === undefined ? {} : { safeArea: { insets: asObject(safeAreaInsets, 'insets') } }),
    toolInput: args,
    toolOutput: result?.['structuredContent'] ?? null,
    toolResponseMetadata: result === null ? null : metadataOf(result),
    widgetState: state ?? null,
  };
}
