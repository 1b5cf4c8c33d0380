// The REST interface by its own description: a validator reads the OpenAPI document, a client is made of it and calls, and every
// answer is held against the schema that the document promises.
import assert from 'node:assert/strict';

import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { OpenAPIClientAxios, type Document, type OpenAPIClient } from 'openapi-client-axios';

import { after, before, test } from './limits.js';
import { callTool } from './rpc.js';
import { startShop, type Shop } from './server.js';
import { asCart, asObject, asProducts, type JsonObject } from './shapes.js';

let shop: Shop;
let document: JsonObject;
let client: OpenAPIClient;
const ajv = new Ajv2020({ strict: false });

const salesKey = 'a-key-of-the-rest-test';

before(async () => {
  shop = await startShop({ CARTWRIGHT_SALES_KEY: salesKey });
  const response = await fetch(new URL('/openapi/v1.json', shop.endpoint));
  assert.equal(response.status, 200);
  document = asObject(await response.json(), 'document');
  ajv.addSchema(structuredClone(document), 'openapi');
  client = await new OpenAPIClientAxios({
    definition: document as unknown as Document,
    axiosConfigDefaults: { validateStatus: () => true },
  }).init();
});

after(async () => {
  await shop?.stop();
});

/** Fails when the value does not fit the schema at that place of the document. */
function assertFits(pointer: string, value: unknown): void {
  const validate = ajv.getSchema(`openapi#${pointer}`);
  assert.ok(validate, `${pointer} is not in the document`);
  assert.ok(validate(value), `${pointer}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(value)}`);
}

const requestSchema = '/paths/~1mcp~1tools~1call/post/requestBody/content/application~1json/schema';
const responseSchema = '/paths/~1mcp~1tools~1call/post/responses/200/content/application~1json/schema';

async function invoke(operation: string, parameters: JsonObject | null, body?: JsonObject): Promise<{ status: number; type: string; data: unknown }> {
  const call = client[operation];
  assert.ok(call, `the document has no operation ${operation}`);
  const response = await call(parameters as never, body);
  return { status: response.status, type: String(response.headers['content-type']), data: response.data };
}

/** A call of a tool by the client; a success fits the tool's own result. */
async function tool(name: string, args: JsonObject): Promise<JsonObject> {
  const body = { name, arguments: args };
  assertFits(requestSchema, body);
  const { status, type, data } = await invoke('mcp_call_tool', null, body);
  assert.equal(status, 200, `${name}: ${JSON.stringify(data)}`);
  assert.equal(type, 'application/json');
  assertFits(responseSchema, data);
  assertFits(`/components/schemas/mcp_${name}_result`, data);
  return asObject(data, name);
}

test('The OpenAPI document is valid', async () => {
  assert.equal(document['openapi'], '3.1.0');
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
  assert.equal(JSON.stringify(validator.resolveRefs()).includes('"$ref":"#/components'), false, 'a reference leads nowhere');
});

test('The validator would notice a mistake', async () => {
  const broken = structuredClone(document);
  asObject(asObject(broken['paths'], 'paths')['/mcp/tools/call'], 'path')['post'] = { responses: 7 };
  assert.equal((await new Validator().validate(broken)).valid, false);
});

test('Every listed tool is described, and its example fits its schema and that of no other tool', async () => {
  const { data } = await invoke('mcp_list_tools', null);
  const { tools } = asObject(data, 'list') as { tools: JsonObject[] };
  assertFits('/components/schemas/ToolList', data);
  const paths = asObject(document['paths'], 'paths') as Record<string, { post: { requestBody: { content: Record<string, { examples: Record<string, { value: unknown }> }> } } }>;
  const examples = paths['/mcp/tools/call']?.post.requestBody.content['application/json']?.examples;
  assert.ok(examples);
  assert.deepEqual(Object.keys(examples).sort(), tools.map(entry => entry['name']).sort());
  for (const { value } of Object.values(examples)) assertFits(requestSchema, value);
  const validate = ajv.getSchema(`openapi#${requestSchema}`);
  assert.equal(validate?.({ name: 'no_such_tool', arguments: {} }), false);
  assert.equal(validate?.({ name: 'add_to_cart', arguments: { items: 'eggs' } }), false);
});

test('A client made of the document shops, and its answers are those of MCP', async () => {
  const [eggs] = asProducts(await tool('list_products', { search: 'eggs' }));
  assert.ok(eggs);
  const { product } = await tool('get_product', { product_id: eggs.id });
  assert.deepEqual(product, ((await callTool(shop.endpoint, 'get_product', { product_id: eggs.id }))['structuredContent'] as JsonObject)['product']);

  const added = asCart(await tool('add_to_cart', { items: [{ product_id: eggs.id, quantity: 2 }, { name: 'milk' }] }));
  await tool('update_cart', { cart_id: added.cart_id, items: [{ product_id: 'milk', quantity: 0 }], expected_version: added.version });
  const cart = await tool('show_cart', { cart_id: added.cart_id });
  assert.deepEqual(cart, (await callTool(shop.endpoint, 'show_cart', { cart_id: added.cart_id }))['structuredContent']);

  const order = await tool('start_checkout', { cart_id: added.cart_id });
  const shown = await tool('get_order', { order_id: order['order_id'] });
  assert.deepEqual(shown, (await callTool(shop.endpoint, 'get_order', { order_id: order['order_id'] }))['structuredContent']);
});

test('A failure is a problem with the advice that MCP gives', async () => {
  const args = { items: [{ product_id: 'egs' }] };
  const { status, type, data } = await invoke('mcp_call_tool', null, { name: 'add_to_cart', arguments: args });
  assert.equal(status, 404);
  assert.equal(type, 'application/problem+json');
  assertFits('/components/schemas/Problem', data);
  const [block] = (await callTool(shop.endpoint, 'add_to_cart', args))['content'] as { text: string }[];
  assert.equal(asObject(data, 'problem')['detail'], block?.text);
});

test('The client reads every resource by its URI, which it percent-encodes', async () => {
  const { data } = await invoke('mcp_list_resources', null);
  assertFits('/components/schemas/ResourceList', data);
  const { resources } = asObject(data, 'list') as { resources: { uri: string; mimeType: string }[] };
  assert.ok(resources.length > 0);
  for (const { uri, mimeType } of resources) {
    const read = await invoke('mcp_read_resource', { uri });
    assert.equal(read.status, 200, `${uri}: ${JSON.stringify(read.data).slice(0, 200)}`);
    assertFits('/components/schemas/ResourceContents', read.data);
    const [item] = asObject(read.data, 'read')['contents'] as { uri: string; mimeType: string }[];
    assert.deepEqual([item?.uri, item?.mimeType], [uri, mimeType]);
  }
  assert.equal((await invoke('mcp_read_resource', { uri: 'ui://widget/no-such.html' })).status, 404);
});

test('With its key the client asks the back office too, and without it is told what is missing', async () => {
  const refused = await invoke('sales_mcp_list_tools', null);
  assert.equal(refused.status, 401);
  assertFits('/components/schemas/Problem', refused.data);
  assert.match(String(asObject(refused.data, 'problem')['detail']), /needs its key/);

  client.defaults.headers.common['Authorization'] = `Bearer ${salesKey}`;
  try {
    const { tools } = asObject((await invoke('sales_mcp_list_tools', null)).data, 'list') as { tools: { name: string }[] };
    assert.deepEqual(tools.map(({ name }) => name).sort(), ['find_products', 'sales_between', 'sales_report', 'top_products']);
    for (const { name } of tools) {
      const args = name === 'find_products' ? { query: 'eggs' } : { date_start: 'yesterday', date_end: 'today' };
      const { status, data } = await invoke('sales_mcp_call_tool', null, { name, arguments: args });
      assert.equal(status, 200, `${name}: ${JSON.stringify(data)}`);
      assertFits(`/components/schemas/sales_mcp_${name}_result`, data);
    }
    const path = ['paths', '/sales/mcp/tools/call', 'post', 'requestBody', 'content', 'application/json', 'examples'];
    const examples = path.reduce((node, step) => asObject(node[step], step), document);
    for (const [name, example] of Object.entries(examples)) {
      const { status, data } = await invoke('sales_mcp_call_tool', null, asObject(asObject(example, name)['value'], name));
      assert.equal(status, 200, `the example of ${name}: ${JSON.stringify(data)}`);
    }
    const { prompts } = asObject((await invoke('sales_mcp_list_prompts', null)).data, 'list') as { prompts: { name: string }[] };
    assert.equal(prompts.length, 7);
    for (const { name } of prompts) {
      const { status, data } = await invoke('sales_mcp_get_prompt', null, { name, arguments: name === 'product_deepdive_markdown' ? { product_id: 'eggs' } : {} });
      assert.equal(status, 200, `${name}: ${JSON.stringify(data)}`);
    }
  } finally {
    delete client.defaults.headers.common['Authorization'];
  }
});
