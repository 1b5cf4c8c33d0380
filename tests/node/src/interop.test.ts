import assert from 'node:assert/strict';

import { clientKinds, type McpClient } from './clients.js';
import { after, before, test } from './limits.js';
import { startShop, type Shop } from './server.js';
import { asCart, asObject, asProducts, minorUnits, textOf, type Cart, type JsonObject } from './shapes.js';

const shopTools = ['add_to_cart', 'get_product', 'list_products', 'show_cart', 'update_cart'];
const widgets = ['ui://widget/checkout.html', 'ui://widget/product-catalog.html', 'ui://widget/shopping-cart.html'];
/** Widgets are listed, and named by tools, under URIs with a hash of their contents. */
const plainUri = (uri: unknown): string => String(uri).replace(/-[0-9a-f]{8}\.html$/, '.html');
const widgetType = 'text/html;profile=mcp-app';
const toolsWithWidget = ['add_to_cart', 'list_products', 'show_cart', 'update_cart'];
/** What each tool must say of itself: does it only read, may it destroy, is repeating it harmless. */
const behaviours: Record<string, { readOnlyHint: boolean; destructiveHint?: boolean }> = {
  list_products: { readOnlyHint: true, destructiveHint: false },
  get_product: { readOnlyHint: true, destructiveHint: false },
  add_to_cart: { readOnlyHint: false, destructiveHint: false },
  update_cart: { readOnlyHint: false },
};

let shop: Shop;
before(async () => {
  shop = await startShop();
});
after(async () => {
  await shop?.stop();
});

async function checkTools(client: McpClient): Promise<void> {
  const tools = new Map((await client.listTools()).map(tool => asObject(tool, 'tool')).map(tool => [tool['name'], tool]));
  for (const name of shopTools) {
    const tool = tools.get(name);
    assert.ok(tool, `${name} is not listed`);
    assert.ok(String(tool['description'] ?? '').length > 20, `${name} has no description worth the name`);
    assert.equal(asObject(tool['inputSchema'], `${name}.inputSchema`)['type'], 'object');
    assert.equal(asObject(tool['outputSchema'], `${name}.outputSchema`)['type'], 'object');

    const annotations = asObject(tool['annotations'], `${name}.annotations`);
    for (const hint of ['readOnlyHint', 'destructiveHint', 'openWorldHint']) {
      assert.equal(typeof annotations[hint], 'boolean', `${name} leaves ${hint} to the client's default`);
    }
    for (const [hint, value] of Object.entries(behaviours[name] ?? {})) assert.equal(annotations[hint], value, `${name}.${hint}`);

    if (toolsWithWidget.includes(name)) {
      const meta = asObject(tool['_meta'], `${name}._meta`);
      const { resourceUri } = asObject(meta['ui'], `${name}._meta.ui`);
      assert.ok(widgets.includes(plainUri(resourceUri)), `${name} names the widget ${String(resourceUri)}`);
      assert.notEqual(plainUri(resourceUri), resourceUri, `${name} names its widget without a hash`);
      assert.equal(meta['openai/outputTemplate'], resourceUri, `${name}: the two widget dialects disagree`);
    }
  }
}

async function checkWidgets(client: McpClient): Promise<void> {
  const listed = (await client.listResources()).map(resource => asObject(resource, 'resource'));
  const found = listed.filter(resource => String(resource['uri']).startsWith('ui://widget/'));
  assert.deepEqual(found.map(resource => plainUri(resource['uri'])).sort(), widgets);
  for (const { uri, mimeType, _meta } of found) {
    assert.equal(mimeType, widgetType);
    const content = await readWidget(client, String(uri));
    assert.equal(content['uri'], uri);
    assert.deepEqual(content['_meta'], _meta, 'list entry and contents disagree');
    checkWidgetMeta(asObject(_meta, 'widget _meta'));
    // The plain URI, and the hash of another build, lead to the same widget.
    assert.equal((await readWidget(client, plainUri(uri)))['text'], content['text']);
    assert.equal((await readWidget(client, String(uri).replace(/[0-9a-f]{8}(?=\.html$)/, '0123abcd')))['text'], content['text']);
  }
}

async function readWidget(client: McpClient, uri: string): Promise<JsonObject> {
  const [content, ...more] = (await client.readResource(uri)).map(each => asObject(each, 'resource content'));
  assert.ok(content);
  assert.deepEqual(more, []);
  assert.equal(content['mimeType'], widgetType);
  assert.match(String(content['text']), /^\s*<!doctype html>/i);
  return content;
}

/** Both dialects say the same: nothing is loaded but from the shop's own origin. */
function checkWidgetMeta(meta: JsonObject): void {
  const ui = asObject(meta['ui'], '_meta.ui');
  const origins = [shop.endpoint.origin];
  assert.deepEqual(ui['csp'], { connectDomains: origins, resourceDomains: origins });
  assert.deepEqual(meta['openai/widgetCSP'], { connect_domains: origins, resource_domains: origins, redirect_domains: origins });
  assert.equal(meta['openai/widgetPrefersBorder'], ui['prefersBorder']);
  assert.ok(String(meta['openai/widgetDescription'] ?? '').length > 20, 'the model is not told what the widget shows');
  // A domain of one's own is for published shops, and the standard's key for it makes Claude refuse the widget.
  assert.equal(ui['domain'], undefined);
  assert.equal(meta['openai/widgetDomain'], undefined);
}

async function callForCart(client: McpClient, tool: string, args: JsonObject): Promise<Cart> {
  const result = await client.callTool(tool, args);
  assert.equal(result.isError, false, `${tool} failed: ${JSON.stringify(result.content)}`);
  const cart = asCart(result.structuredContent);
  assert.ok(textOf(result.content).includes(cart.subtotal.toFixed(2)), `the text of ${tool} leaves out the subtotal`);
  assert.equal(asObject(result._meta, '_meta')['openai/widgetSessionId'], cart.cart_id);
  return cart;
}

async function checkShopping(client: McpClient): Promise<void> {
  const listing = await client.callTool('list_products', { search: 'eggs' });
  assert.equal(listing.isError, false);
  const eggs = asProducts(listing.structuredContent).find(product => product.id === 'eggs');
  assert.ok(eggs, `a search for eggs found ${JSON.stringify(listing.structuredContent)}`);
  assert.equal(eggs.name, 'Eggs');
  assert.equal(eggs.in_stock, true);
  assert.ok(eggs.price > 0);
  assert.ok(textOf(listing.content).includes('Eggs'), 'the text of list_products leaves out the products');

  const added = await callForCart(client, 'add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }] });
  const shown = await callForCart(client, 'show_cart', { cart_id: added.cart_id });
  assert.deepEqual(shown, added, 'show_cart tells another cart than add_to_cart did');
  const [line] = shown.items;
  assert.ok(line);
  assert.deepEqual(
    { ...shown, items: shown.items.map(({ line_total, ...rest }) => ({ ...rest, line_total: minorUnits(line_total) })), subtotal: minorUnits(shown.subtotal) },
    {
      cart_id: added.cart_id,
      version: added.version,
      currency: eggs.currency,
      items: [
        { product_id: 'eggs', name: 'Eggs', price: eggs.price, quantity: 2, image: eggs.image, line_total: 2 * minorUnits(eggs.price) },
      ],
      item_count: 2,
      subtotal: 2 * minorUnits(eggs.price),
    },
  );
}

async function checkToolError(client: McpClient): Promise<void> {
  const result = await client.callTool('add_to_cart', { items: [{ product_id: 'tomatos', quantity: 1 }] });
  assert.equal(result.isError, true);
  const advice = textOf(result.content);
  assert.match(advice, /tomatos/, 'the advice does not repeat what was asked for');
  assert.match(advice, /\btomatoes\b/, `no suggestion in: ${advice}`);
}

for (const kind of clientKinds) {
  test(`A shopper is served through ${kind.name}`, async t => {
    const client = await kind.connect(shop.endpoint);
    t.after(() => client.close());
    if (kind.expectedVersion !== undefined) assert.equal(client.protocolVersion, kind.expectedVersion);
    await checkTools(client);
    await checkWidgets(client);
    await checkShopping(client);
    await checkToolError(client);
  });
}
