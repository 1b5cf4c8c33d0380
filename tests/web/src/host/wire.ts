// What the test in Node, the host page and the emulated window.openai tell each other.

export type Dialect = 'mcp-apps' | 'openai' | 'both';

/** How a widget is mounted. Everything here is JSON. */
export interface MountOptions {
  dialect: Dialect;
  /** Where the frame's document is. */
  src: string;
  /** Id under which the stage knows this mount's conversation and faults. */
  mount: string;
  args: Record<string, unknown>;
  /** The result to send after the handshake; left out, none is sent. */
  result?: object;
  context: Record<string, unknown>;
  width: number;
  /** Whether the host refuses to open links. */
  refusesLinks: boolean;
  /** Whether the host refuses messages in the shopper's name. */
  refusesMessages: boolean;
}

/** What the widget asked of its host, in order. */
export interface HostLog {
  messages: string[];
  links: string[];
  modelContexts: string[];
  heights: number[];
  calls: { name: string; args: Record<string, unknown> }[];
}

/** The globals that `window.openai` starts with. */
export interface OpenAiGlobals {
  theme?: unknown;
  locale?: unknown;
  safeArea?: unknown;
  toolInput: unknown;
  toolOutput: unknown;
  toolResponseMetadata: unknown;
  widgetState: unknown;
}

/** What the host page offers to the test. */
export interface HostWindow extends Window {
  host: {
    log: HostLog;
    mount(options: MountOptions): Promise<void>;
    sendResult(result: object): Promise<void>;
    setGlobals(globals: Partial<OpenAiGlobals>): void;
    setContext(context: Record<string, unknown>): Promise<void>;
    cancel(): Promise<void>;
    teardown(): Promise<void>;
  };
}

/** A message between the emulated `window.openai` and its host; not JSON-RPC, so that no bridge takes it for its own. */
export interface OpenAiMessage {
  openai: 'call' | 'answer' | 'globals';
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: string;
}
