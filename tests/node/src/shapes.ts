// The parts of the shop's contract that the tests read. Every reader throws on another shape, so a test can trust its types.
import assert from 'node:assert/strict';

export interface Product {
  id: string;
  name: string;
  price: number;
  currency: string;
  in_stock: boolean;
  image: string;
}

export interface CartLine {
  product_id: string;
  name: string;
  price: number;
  quantity: number;
  image: string;
  line_total: number;
}

export interface Cart {
  cart_id: string;
  version: number;
  currency: string;
  items: CartLine[];
  item_count: number;
  subtotal: number;
}

export type JsonObject = Record<string, unknown>;

export function asObject(value: unknown, what: string): JsonObject {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} is not an object: ${JSON.stringify(value)}`);
  return value as JsonObject;
}

function asArray(value: unknown, what: string): unknown[] {
  assert.ok(Array.isArray(value), `${what} is not an array: ${JSON.stringify(value)}`);
  return value;
}

/** The named members of an object, each of the type given; members beyond these are allowed and dropped. */
function pick(value: unknown, members: Record<string, 'string' | 'number' | 'boolean'>, what: string): JsonObject {
  const source = asObject(value, what);
  const picked: JsonObject = {};
  for (const [name, type] of Object.entries(members)) {
    assert.equal(typeof source[name], type, `${what}.${name} is not a ${type}: ${JSON.stringify(source[name])}`);
    picked[name] = source[name];
  }
  return picked;
}

const productMembers = { id: 'string', name: 'string', price: 'number', currency: 'string', in_stock: 'boolean', image: 'string' } as const;
const lineMembers = { product_id: 'string', name: 'string', price: 'number', quantity: 'number', image: 'string', line_total: 'number' } as const;
const cartMembers = { cart_id: 'string', version: 'number', currency: 'string', item_count: 'number', subtotal: 'number' } as const;

export function asProducts(structured: unknown): Product[] {
  const { products } = asObject(structured, 'structuredContent');
  return asArray(products, 'products').map(product => pick(product, productMembers, 'product') as unknown as Product);
}

export function asCart(structured: unknown): Cart {
  const { items } = asObject(structured, 'structuredContent');
  const lines = asArray(items, 'items').map(line => pick(line, lineMembers, 'line'));
  return { ...pick(structured, cartMembers, 'cart'), items: lines } as unknown as Cart;
}

/** All text of a tool result: what a client without widgets shows. */
export function textOf(content: unknown): string {
  return asArray(content, 'content')
    .map(block => asObject(block, 'content block'))
    .filter(block => block['type'] === 'text')
    .map(block => String(block['text']))
    .join('\n');
}

/** A price as minor units of a currency with two decimals, which the samples use: 3.49 -> 349. */
export function minorUnits(price: number): number {
  return Math.round(price * 100);
}
