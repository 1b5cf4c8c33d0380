import { randomUUID } from 'node:crypto';

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

import type { Catalog, Product } from './catalog.js';

const pageSize = 20;

/** Quantities by product id, by cart id: nothing is durable here. */
const carts = new Map<string, Map<string, number>>();

function matches(product: Product, filters: Record<string, unknown>, catalog: Catalog): boolean {
  return Object.keys(catalog.facets).every(facet => {
    const wanted = filters[facet];
    if (wanted === undefined) return true;
    const values = [product[facet]].flat();
    return [wanted].flat().some(value => values.includes(value));
  });
}

function listProducts(catalog: Catalog, filters: Record<string, unknown>): CallToolResult {
  const found = catalog.products.filter(product => matches(product, filters, catalog));
  const page = found.slice(0, pageSize);
  const lines = page.map(product => `${product.name} (${product.id}), ${product.price.toFixed(2)} ${product.currency}`);
  return {
    content: [{ type: 'text', text: `${page.length} of ${found.length} products:\n${lines.join('\n')}` }],
    structuredContent: { products: page, filters: catalog.facets, total: found.length },
    _meta: { catalog: catalog.products },
  };
}

function showCart(catalog: Catalog, cartId: string): CallToolResult {
  const items = [...(carts.get(cartId) ?? [])].map(([productId, quantity]) => {
    const product = catalog.byId.get(productId)!;
    const lineTotal = Math.round(product.price * 100) * quantity / 100;
    return { product_id: productId, name: product.name, price: product.price, quantity, image: product.image, line_total: lineTotal };
  });
  const itemCount = items.reduce((sum, item) => sum + item.quantity, 0);
  const subtotal = items.reduce((sum, item) => sum + Math.round(item.line_total * 100), 0) / 100;
  const lines = items.map(item => `${item.quantity} x ${item.name}`);
  return {
    content: [{ type: 'text', text: `Cart has ${itemCount} items, ${subtotal.toFixed(2)} ${catalog.currency}: ${lines.join(', ')}` }],
    structuredContent: { cart_id: cartId, currency: catalog.currency, items, item_count: itemCount, subtotal },
    _meta: { 'openai/widgetSessionId': cartId },
  };
}

function addToCart(catalog: Catalog, cartId: string, items: { product_id: string; quantity: number }[]): CallToolResult {
  const unknown = items.find(item => !catalog.byId.has(item.product_id));
  if (unknown !== undefined) return { isError: true, content: [{ type: 'text', text: `Unknown product ${unknown.product_id}.` }] };
  const cart = carts.get(cartId) ?? new Map<string, number>();
  carts.set(cartId, cart);
  for (const { product_id, quantity } of items) cart.set(product_id, (cart.get(product_id) ?? 0) + quantity);
  return showCart(catalog, cartId);
}

/** One server per session, as the SDK's own examples make it. */
export function createShop(catalog: Catalog): McpServer {
  const server = new McpServer({ name: 'typescript-peer', version: '1.0.0' });
  const facets = Object.fromEntries(
    Object.entries(catalog.facets).map(([key, values]) => [key, z.union([z.enum(values), z.array(z.enum(values))]).optional()]),
  );
  server.registerTool(
    'list_products',
    {
      description: 'Lists the products of the shop.',
      inputSchema: facets,
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
      _meta: { 'openai/outputTemplate': 'ui://widget/product-catalog.html' },
    },
    filters => listProducts(catalog, filters),
  );
  server.registerTool(
    'add_to_cart',
    {
      description: 'Adds products to a cart.',
      inputSchema: {
        items: z.array(z.object({ product_id: z.string(), quantity: z.number().int().min(1).max(99).default(1) })).min(1).max(50),
        cart_id: z.string().optional(),
      },
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
      _meta: { 'openai/outputTemplate': 'ui://widget/shopping-cart.html' },
    },
    ({ items, cart_id }) => addToCart(catalog, cart_id ?? randomUUID(), items),
  );
  server.registerTool(
    'show_cart',
    {
      description: 'Shows a cart.',
      inputSchema: { cart_id: z.string() },
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
      _meta: { 'openai/outputTemplate': 'ui://widget/shopping-cart.html' },
    },
    ({ cart_id }) => showCart(catalog, cart_id),
  );
  return server;
}
