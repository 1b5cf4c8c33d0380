import type { CallResult, Json } from './mcp.ts';

/** One exchange: what the shopper said, and the tool call or the words that answered it. */
export interface Turn {
  id: number;
  text: string;
  from: 'shopper' | 'widget';
  tool?: string;
  args?: Json;
  result?: CallResult;
  /** Milliseconds. */
  took?: number;
  /** Why there is no result. */
  failure?: string;
  said?: string;
  /** What the widget keeps in its host. */
  state?: unknown;
  /** What the widget told the model since. */
  told?: string;
  /** How often the host has remounted the widget without a result. */
  remounts?: number;
}

export interface Conversation {
  id: string;
  cartId: string | undefined;
  /** The order that was begun last; absent while none was. */
  orderId?: string;
  turns: Turn[];
  done: string[];
}

/** A conversation that is opened again: its widgets are mounted without their results, which may be out of date, as hosts do. */
export function reopen(conversation: Conversation | undefined): Conversation | undefined {
  if (!conversation) return undefined;
  const interrupted = 'The page was reloaded before the shop answered.';
  const turns = conversation.turns.map(turn => ({
    ...turn,
    remounts: (turn.remounts ?? 0) + 1,
    ...(turn.tool !== undefined && turn.result === undefined && turn.failure === undefined ? { failure: interrupted } : {}),
  }));
  return { ...conversation, turns };
}

export function newConversation(): Conversation {
  return { id: newId(), cartId: undefined, turns: [], done: [] };
}

/** An id as ChatGPT makes them, from 128 random bits. Not by randomUUID, which pages without https do not have. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `v1/${[...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')}`;
}
