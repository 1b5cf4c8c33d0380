import type { Json } from './mcp.ts';

/** What the stand-in for a model does with a message: call a tool, or say something. */
export type Answer = { tool: string; args: Json } | { say: string };

const numbers: Record<string, number> = { a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 };
const help = 'There is no model behind this page: it understands “show my cart”, “add two eggs”, “find bread”, “browse”, “check out” and “where is my order?”. Every tool is under “Call a tool”.';

/** The cart and the order of the conversation, as far as they are known. */
export interface Known {
  cartId: string | undefined;
  orderId?: string;
}

/** Understands the obvious, as little as a demonstration needs. */
export function answer(text: string, tools: ReadonlySet<string>, { cartId, orderId }: Known): Answer {
  const words = text.trim().replace(/[.!?]+$/, '').replace(/,?\s+please$/i, '');
  // A widget may name the cart that it means.
  const cart = /\bcart_[0-9a-z]{20,}/.exec(words)?.[0] ?? cartId;
  const withCart = (args: Json): Json => (cart === undefined ? args : { ...args, cart_id: cart });
  if (/\b(did|have|has|was|is)\b.*\b(pay|paid|payment)\b|\b(where|status|state|receipt|what)\b.*\b(order|payment|purchase)\b|\border status\b/i.test(words) && tools.has('get_order')) {
    return orderId === undefined ? { say: 'There is no order in this conversation yet: say “check out” to begin one.' } : { tool: 'get_order', args: { order_id: orderId } };
  }

  if (/check\s?-?out|\bpay\b|\bpurchase\b|\b(place|make) (the|my|an|this) order|\bbuy (it|them|this|these|all|everything|my cart|the cart)\b|\border (it|them|this|these|all|everything|my cart|the cart)\b/i.test(words)) {
    return tools.has('start_checkout') ? { tool: 'start_checkout', args: withCart({}) } : { say: 'Checkout is not available in this shop. Your cart is kept.' };
  }

  const adding = /^(?:please )?add (.+?)(?: to (?:my|the) (?:cart|basket))?$/i.exec(words)?.[1];
  if (adding !== undefined && tools.has('add_to_cart')) return { tool: 'add_to_cart', args: withCart({ items: adding.split(/,\s*(?:and )?|\s+and\s+/i).map(item) }) };
  if (/\b(cart|basket)\b/i.test(words) && tools.has('show_cart')) return { tool: 'show_cart', args: withCart({}) };
  const wanted = /^(?:please )?(?:find|search(?: for)?|look for|do you have|show me|browse|list|i need|i want)\s+(?:some |any |me |the |your |all )*(.*)$/i.exec(words)?.[1];
  if (wanted !== undefined && !/^(products?|catalogu?e|shop|everything|all)?$/i.test(wanted) && tools.has('list_products')) return { tool: 'list_products', args: { search: wanted } };
  if (/^(browse|list|show)\b|^what (do|have|can|else)\b|products?|catalogu?e/i.test(words) && tools.has('list_products')) return { tool: 'list_products', args: {} };
  return { say: help };
}

function item(text: string): Json {
  const match = /^(\d+|[a-z]+)\s*(?:×|x )?\s*(?:more |of )*(.+)$/i.exec(text.trim());
  const count = match?.[1] === undefined ? undefined : (numbers[match[1].toLowerCase()] ?? (/^\d+$/.test(match[1]) ? Number(match[1]) : undefined));
  return count === undefined ? { name: text.trim() } : { name: match![2]!.trim(), quantity: count };
}
