import { isRecord } from './rpc.ts';

/** A tool's result as MCP has it, whichever way it came. */
export interface ToolResult {
  structuredContent?: unknown;
  content?: unknown;
  isError?: boolean;
  _meta?: Record<string, unknown>;
}

/** What the host says of the place in which the widget is shown; everything may be missing. */
export interface HostContext {
  theme?: unknown;
  locale?: unknown;
  /** The tool that the widget is shown for; only MCP Apps hosts tell. */
  toolInfo?: unknown;
  /** Standard CSS custom properties, `--color-*` and the like. */
  styles?: { variables?: Record<string, unknown> };
  safeAreaInsets?: Partial<Record<'top' | 'right' | 'bottom' | 'left', number>>;
}

/** The part of `window.openai` that is used. Every member is optional: each is used only where it is there. */
export interface OpenAi {
  toolInput?: unknown;
  toolOutput?: unknown;
  toolResponseMetadata?: unknown;
  widgetState?: unknown;
  theme?: unknown;
  locale?: unknown;
  safeArea?: unknown;
  setWidgetState?(state: unknown): unknown;
  callTool?(name: string, args: object): Promise<unknown>;
  sendFollowUpMessage?(message: { prompt: string }): Promise<unknown>;
  openExternal?(link: { href: string }): unknown;
  notifyIntrinsicHeight?(height: number): unknown;
}

/** A failure whose text is the shop's advice and may be shown; the text of any other error is not for shoppers. */
export class Advice extends Error {}

/** The text a result carries for people and models. */
export function textOf(result: ToolResult): string {
  const blocks = Array.isArray(result.content) ? result.content : [];
  return blocks
    .filter(isRecord)
    .filter(block => block['type'] === 'text')
    .map(block => String(block['text']))
    .join('\n');
}

/** Any answer of a host as a result; hosts leave members out, and an answer may be null. */
export function asResult(value: unknown): ToolResult {
  return isRecord(value) ? value : {};
}

/**
 * The result that `window.openai` holds; undefined when there is none yet. ChatGPT sometimes leaves `toolOutput` null although the whole
 * MCP result lies in the metadata, under one of two names.
 */
export function resultIn(globals: OpenAi): ToolResult | undefined {
  const metadata = isRecord(globals.toolResponseMetadata) ? globals.toolResponseMetadata : {};
  const { mcp_tool_result, call_tool_result, ...direct } = metadata;
  const envelope = asResult(mcp_tool_result ?? call_tool_result);
  const structuredContent = globals.toolOutput ?? envelope.structuredContent;
  if (structuredContent === undefined || structuredContent === null) {
    return envelope.isError === true ? envelope : undefined;
  }

  return { ...envelope, structuredContent, _meta: { ...direct, ...(isRecord(envelope._meta) ? envelope._meta : {}) } };
}

/** The globals in the standard's words; only what is there. */
export function contextIn(globals: OpenAi): HostContext {
  const context: HostContext = {};
  if (typeof globals.theme === 'string') context.theme = globals.theme;
  if (typeof globals.locale === 'string') context.locale = globals.locale;
  const insets = isRecord(globals.safeArea) ? globals.safeArea['insets'] : undefined;
  if (isRecord(insets)) context.safeAreaInsets = insets;
  return context;
}

/** What was kept with `setWidgetState`: its private half, or all of it where the state has no halves. */
export function keptIn(globals: OpenAi | undefined): Record<string, unknown> {
  const state = globals?.widgetState;
  if (!isRecord(state)) return {};
  return isRecord(state['privateContent']) ? state['privateContent'] : state;
}
