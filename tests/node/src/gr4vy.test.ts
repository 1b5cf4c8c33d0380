// Two judges that are not ours: jose, and Gr4vy's own library for TypeScript.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { TestContext } from 'node:test';

import { updateToken, verifyWebhook } from '@gr4vy/sdk';
import { calculateJwkThumbprint, decodeJwt, jwtVerify, type JWK, type JWTPayload } from 'jose';

import { test } from './limits.js';
import { startRecorder, type Recorded } from './recorder.js';
import { callTool } from './rpc.js';
import { startShop } from './server.js';
import { asObject, textOf, type JsonObject } from './shapes.js';

const secret = 'Ik4L-8FH0ihWczctcIPXZRR_8F0fPNgmhEfVBbZ3zNwqQVa1Or4tBz4Pgw2eNaVDod7H56Y268h_wohEUaWbUg';
const sessionId = '0ebde6a1-f66c-43ea-bb8b-73751864c604';
/** Nobody asks the provider about an order meanwhile: what changes one here is what was delivered. */
const withoutAsking = { CARTWRIGHT_RECONCILE_SECONDS: '3600' };
const buyer = { email: 'ada@example.com', name: 'Ada', line1: '1 Main Street', city: 'Springfield', region: 'IL', postal_code: '62701', country: 'US' };

interface Checkout {
  readonly result: JsonObject;
  readonly order: JsonObject;
  readonly id: string;
  readonly amount: number;
}

/** Fills a cart and starts its checkout. */
async function checkOut(endpoint: URL): Promise<Checkout> {
  const added = await callTool(endpoint, 'add_to_cart', { items: [{ product_id: 'eggs', quantity: 2 }, { product_id: 'milk' }] });
  const { cart_id } = asObject(added['structuredContent'], 'cart');
  const result = await callTool(endpoint, 'start_checkout', { cart_id });
  assert.notEqual(result['isError'], true, JSON.stringify(result));
  const order = asObject(result['structuredContent'], 'checkout');
  return { result, order, id: String(order['order_id']), amount: Number(order['amount']) };
}

async function orderOf(endpoint: URL, id: string): Promise<JsonObject> {
  const result = await callTool(endpoint, 'get_order', { order_id: id });
  return asObject(asObject(result['structuredContent'], 'get_order')['order'], 'order');
}

function bearerOf(request: Recorded): string {
  return /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? assert.fail('no bearer token');
}

/** The token with another expiry, and the signature that it had. */
function tamper(token: string): string {
  const [header, payload, signature] = token.split('.');
  const claims = Buffer.from(payload ?? '', 'base64url').toString();
  const changed = claims.replace(/"exp":(\d+)/, (_, exp: string) => `"exp":${Number(exp) + 1}`);
  assert.notEqual(changed, claims);
  return [header, Buffer.from(changed).toString('base64url'), signature].join('.');
}

async function startGr4vyShop(t: TestContext) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const api = await startRecorder(201, { type: 'checkout-session', id: sessionId, expires_at: '2030-01-01T00:00:00Z' });
  t.after(() => api.stop());
  const shop = await startShop({
    PAYMENT_PROVIDER: 'gr4vy',
    CHECKOUT_MODE: 'embedded',
    GR4VY_ID: 'acme',
    GR4VY_ENVIRONMENT: 'sandbox',
    GR4VY_MERCHANT_ACCOUNT_ID: 'main-account',
    GR4VY_PRIVATE_KEY: pem.replaceAll('\n', '\\n'),
    GR4VY_WEBHOOK_SECRET: `${secret},of-last-year`,
    GR4VY_API_URL: api.url,
    ...withoutAsking,
  });
  t.after(() => shop.stop());
  const kid = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }) as JWK);
  const verify = async (token: string): Promise<JWTPayload> => {
    const { payload, protectedHeader } = await jwtVerify(token, publicKey, { algorithms: ['ES512'], requiredClaims: ['iss', 'iat', 'nbf', 'exp', 'jti', 'scopes'] });
    assert.deepEqual(protectedHeader, { alg: 'ES512', typ: 'JWT', kid });
    return payload;
  };
  return { shop, api, pem, verify };
}

test('The embed token of a checkout is good for jose and for the library of Gr4vy, and pins the order', async t => {
  const { shop, pem, verify } = await startGr4vyShop(t);
  const { result, order, id, amount } = await checkOut(shop.endpoint);
  assert.equal(order['embed_error'], undefined);
  const embed = asObject(asObject(result['_meta'], '_meta')['embed'], 'embed');
  const token = String(embed['token']);

  const claims = await verify(token);
  assert.deepEqual(claims['scopes'], ['embed']);
  assert.equal(Number(claims.exp) - Number(claims.iat), 3600);
  assert.equal(claims['checkout_session_id'], sessionId);
  const pinned = asObject(claims['embed'], 'pinned');
  assert.deepEqual(
    { ...pinned, cart_items: undefined },
    { amount, currency: order['currency'], merchant_account_id: 'main-account', metadata: { order_id: id }, cart_items: undefined },
  );
  const items = pinned['cart_items'] as { name: string; quantity: number; unit_amount: number; external_identifier: string }[];
  assert.deepEqual(items.map(item => [item.external_identifier, item.quantity]), [['eggs', 2], ['milk', 1]]);
  assert.equal(items.reduce((sum, item) => sum + item.quantity * item.unit_amount, 0), amount);
  assert.deepEqual(
    { ...embed, token: undefined, country: undefined },
    { token: undefined, gr4vy_id: 'acme', environment: 'sandbox', currency: order['currency'], country: undefined, merchant_account_id: 'main-account', amount },
  );

  // The library verifies before it signs anew, and keeps what it understood.
  const renewed = decodeJwt(await updateToken({ token, privateKey: pem }));
  assert.deepEqual([renewed['embed'], renewed['checkout_session_id'], renewed['scopes']], [claims['embed'], sessionId, ['embed']]);
  await assert.rejects(updateToken({ token: tamper(token), privateKey: pem }), /invalid signature/);
  await assert.rejects(verify(tamper(token)), /signature verification failed/);

  assert.ok(!JSON.stringify(result['structuredContent']).includes(token), 'the model can read the token');
  assert.ok(!textOf(result['content']).includes(token), 'the model can read the token');
});

test('The bearer tokens that the API gets are good for jose and for the library of Gr4vy, and may do one thing for a minute', async t => {
  const { shop, api, pem, verify } = await startGr4vyShop(t);
  const { order, id, amount } = await checkOut(shop.endpoint);
  const request = await api.first(one => one.method === 'POST');
  assert.equal(request.path, '/checkout/sessions');
  assert.equal(request.headers['x-gr4vy-merchant-account-id'], 'main-account');
  const body = asObject(JSON.parse(request.body.toString()), 'body');
  assert.deepEqual([body['amount'], body['currency'], body['intent'], body['metadata']], [amount, order['currency'], 'capture', { order_id: id }]);

  const tokens = api.requests.map(bearerOf);
  assert.equal(new Set(tokens).size, tokens.length, 'a token was used twice');
  for (const [i, token] of tokens.entries()) {
    const claims = await verify(token);
    assert.deepEqual(claims['scopes'], [api.requests[i]?.method === 'POST' ? 'checkout-sessions.write' : 'transactions.read']);
    assert.equal(Number(claims.exp) - Number(claims.iat), 60);
    assert.equal(claims['embed'], undefined);
    assert.equal(decodeJwt(await updateToken({ token, privateKey: pem }))['embed'], undefined);
  }
});

test('What the library of Gr4vy accepts as a delivery pays the order, and what it refuses does not', async t => {
  const { shop } = await startGr4vyShop(t);
  const { order, id, amount } = await checkOut(shop.endpoint);
  const payload = JSON.stringify({
    type: 'event', id: 'evt-1', name: 'transaction.captured', created_at: new Date().toISOString(),
    merchant_account_id: 'main-account', gr4vy_id: 'acme', environment: 'sandbox',
    target: {
      type: 'transaction', id: 'tx-1', status: 'capture_succeeded', amount, currency: order['currency'], captured_amount: amount, refunded_amount: 0,
      external_identifier: id, payment_method: { type: 'payment-method', method: 'card' }, metadata: { order_id: id }, updated_at: new Date().toISOString(),
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const sign = (key: string): string => createHmac('sha256', key).update(`${timestamp}.${payload}`).digest('hex');
  const deliver = async (signatures: string): Promise<number> => {
    const response = await fetch(new URL('/webhooks/gr4vy', shop.endpoint), {
      method: 'POST',
      headers: { 'x-gr4vy-webhook-id': 'wh-1', 'x-gr4vy-webhook-timestamp': timestamp, 'x-gr4vy-webhook-signatures': signatures },
      body: payload,
    });
    await response.text();
    return response.status;
  };

  assert.throws(() => verifyWebhook(payload, secret, sign('another secret'), timestamp, 300), /No matching signature/);
  assert.equal(await deliver(sign('another secret')), 400);
  assert.equal((await orderOf(shop.endpoint, id))['status'], 'awaiting_payment');

  const signatures = `${sign('of-next-year')},${sign(secret)}`;
  verifyWebhook(payload, secret, signatures, timestamp, 300);
  assert.equal(await deliver(signatures), 200);
  assert.equal((await orderOf(shop.endpoint, id))['status'], 'paid');
  assert.equal(await deliver(sign('of-last-year')), 200, 'the older secret is still good');
});

test('The library of Gr4vy accepts what the sandbox delivers', async t => {
  const receiver = await startRecorder(200, { received: true });
  t.after(() => receiver.stop());
  const shop = await startShop({ SANDBOX_WEBHOOK_URL: `${receiver.url}/hooks`, GR4VY_WEBHOOK_SECRET: secret, ...withoutAsking });
  t.after(() => shop.stop());
  const { order, id, amount } = await checkOut(shop.endpoint);
  assert.equal(order['simulated'], true);
  const page = String(order['checkout_url']);
  const submit = async (form: string, fields: Record<string, string>): Promise<void> => {
    const response = await fetch(`${page}/${form}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
    assert.equal(response.status, 303, await response.text());
  };
  await submit('details', buyer);
  await submit('sandbox', { outcome: 'approve' });

  const captured = await receiver.first(one => one.body.includes('"capture_succeeded"'));
  assert.notEqual((await orderOf(shop.endpoint, id))['status'], 'paid', 'the order knew before it was told');
  for (const delivery of receiver.requests) {
    const payload = delivery.body.toString();
    const signatures = String(delivery.headers['x-gr4vy-webhook-signatures']);
    const timestamp = String(delivery.headers['x-gr4vy-webhook-timestamp']);
    verifyWebhook(payload, secret, signatures, timestamp, 300);
    assert.throws(() => verifyWebhook(`${payload} `, secret, signatures, timestamp, 300), /No matching signature/);
    assert.throws(() => verifyWebhook(payload, 'another secret', signatures, timestamp, 300), /No matching signature/);
    const event = asObject(JSON.parse(payload), 'event');
    assert.deepEqual([delivery.path, event['type'], event['environment']], ['/hooks', 'event', 'sandbox']);
    const target = asObject(event['target'], 'target');
    assert.deepEqual([target['type'], target['external_identifier'], target['amount'], target['currency']], ['transaction', id, amount, order['currency']]);
  }

  // Handed on as it is, it pays the order; once more, and nothing changes.
  for (const _ of [1, 2]) {
    const headers = Object.fromEntries(Object.entries(captured.headers).filter(([name]) => name.startsWith('x-gr4vy-'))) as Record<string, string>;
    const response = await fetch(new URL('/webhooks/gr4vy', shop.endpoint), { method: 'POST', headers, body: new Uint8Array(captured.body) });
    assert.deepEqual([response.status, await response.json()], [200, { received: true }]);
    const paid = await orderOf(shop.endpoint, id);
    assert.deepEqual([paid['status'], paid['amount'], paid['simulated']], ['paid', amount, true]);
  }
});
