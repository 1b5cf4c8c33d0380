import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { RpcFailure } from '../../../web/src/bridge/rpc.ts';
import type { ToolResult } from '../../../web/src/bridge/host.ts';
import { CartStore } from '../../../web/src/shared/cart-store.ts';
import { PaymentForm } from '../../../web/src/shared/gr4vy.ts';
import { Poll } from '../../../web/src/shared/poll.ts';
import { CheckoutStore } from '../../../web/src/widgets/checkout/checkout-store.ts';
import { readEmbed, readOrder } from '../../../web/src/widgets/checkout/order.ts';
import { answer } from '../../../web/src/playground/answers.ts';

const eggs = { product_id: 'eggs', name: 'Eggs', price: 4.29, quantity: 2, line_total: 8.58 };

/** A page that can be hidden. */
class Page {
  hidden = false;
  private readonly listeners: (() => void)[] = [];

  addEventListener(_type: string, listener: () => void): void {
    this.listeners.push(listener);
  }

  show(isShown: boolean): void {
    this.hidden = !isShown;
    for (const listener of this.listeners) listener();
  }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Lets time pass in small steps, and whatever waits for it happen. */
async function pass(context: TestContext, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    context.mock.timers.tick(500);
    await turn();
  }
}

function order(status: string, id = 'ord_1', more: object = {}): object {
  return { order_id: id, status, currency: 'USD', amount: 858, items: [eggs], simulated: true, ...more };
}

const started = (status = 'awaiting_payment', id = 'ord_1'): ToolResult => ({ structuredContent: order(status, id, { checkout_url: `https://shop.example/checkout/${id}` }) });
const looked = (status: string, id = 'ord_1', more: object = {}): ToolResult => ({ structuredContent: { order: order(status, id, { refunded_amount: 0, message: '', ...more }) } });

function storeOn(respond: (name: string, args: Record<string, unknown>) => ToolResult, remembered: Record<string, unknown> = {}) {
  const calls: string[] = [];
  const told: string[] = [];
  const page = new Page();
  const host = {
    callTool: async (name: string, args: Record<string, unknown>): Promise<ToolResult> => {
      calls.push(name);
      return respond(name, args);
    },
    tellModel: (text: string) => void told.push(text),
    context: { locale: 'en-US' },
    remembered,
  };
  const cart = new CartStore(host, () => undefined);
  const store = new CheckoutStore(host, cart, () => undefined, page);
  return { store, cart, calls, told, page };
}

test('A poll asks at once, then with growing pauses, until it need not go on', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  const poll = new Poll(async () => ++asked < 70, 1000, new Page());
  poll.start();
  await turn();
  assert.equal(asked, 1);
  await pass(context, 10_000);
  assert.equal(asked, 11);
  await pass(context, 20_000 + 30 * 3000);
  assert.ok(asked > 50 && asked < 65, `${asked}`);
  await pass(context, 200_000);
  assert.equal(asked, 70);
});

test('A poll that need go on only briefly asks for two minutes from then on, however long it has asked before', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  const poll = new Poll(async () => (++asked <= 65 ? true : 'briefly'), 1000, new Page());
  poll.start();
  await pass(context, 180_000);
  assert.equal(asked, 66);
  await pass(context, 20_000);
  assert.ok(asked > 80, `${asked}`);
  await pass(context, 600_000);
  assert.equal(asked, 65 + 60);
});

test('A poll rests while the page is hidden, and asks at once when it is seen again', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const page = new Page();
  let asked = 0;
  let goesOn = true;
  const poll = new Poll(async () => {
    asked++;
    return goesOn;
  }, 1000, page);
  poll.start();
  await pass(context, 2000);
  const before = asked;
  page.show(false);
  await pass(context, 60_000);
  assert.equal(asked, before);
  page.show(true);
  await turn();
  assert.equal(asked, before + 1);
  // What is over is asked about once more each time, because it may have changed all the same.
  goesOn = false;
  await pass(context, 10_000);
  assert.equal(asked, before + 2);
  page.show(true);
  await turn();
  await pass(context, 10_000);
  assert.equal(asked, before + 3);
});

test('A poll never asks twice at a time, and repeats what got no answer', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const waiting: ((goesOn: boolean | Error) => void)[] = [];
  const poll = new Poll(() => new Promise((resolve, reject) => waiting.push(answer => (answer instanceof Error ? reject(answer) : resolve(answer)))), 1000, new Page());
  poll.start();
  poll.start();
  await pass(context, 5000);
  assert.equal(waiting.length, 1);
  // Started during the question: the answer may be older than the reason for that.
  waiting[0]?.(false);
  await turn();
  assert.equal(waiting.length, 2);
  waiting[1]?.(new Error('lost'));
  await turn();
  await pass(context, 1000);
  assert.equal(waiting.length, 3);
});

test('An order is followed until it is paid, and the model is told once', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let status = 'awaiting_payment';
  const { store, calls, told } = storeOn(() => looked(status));
  assert.equal(store.receive(started()), true);
  await pass(context, 4000);
  assert.equal(store.order?.status, 'awaiting_payment');
  assert.deepEqual(told, []);
  status = 'payment_pending';
  await pass(context, 2000);
  status = 'paid';
  await pass(context, 2000);
  assert.equal(store.order?.status, 'paid');
  assert.equal(told.length, 2);
  assert.match(told[1] ?? '', /paid \$8\.58: order ord_1/);
  const asked = calls.length;
  await pass(context, 60_000);
  assert.equal(calls.length, asked);
});

test('A result that comes again changes neither the outcome nor the order that came after it', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { store } = storeOn((name, { order_id }) => (name === 'start_checkout' ? started('awaiting_payment', 'ord_2') : looked(order_id === 'ord_1' ? 'expired' : 'awaiting_payment', String(order_id))));
  store.receive(started());
  await turn();
  assert.equal(store.order?.status, 'expired');
  store.receive(started());
  assert.equal(store.order?.status, 'expired');
  await store.start();
  assert.equal(store.order?.orderId, 'ord_2');
  store.receive(started());
  await turn();
  assert.equal(store.order?.orderId, 'ord_2');
  store.receive(started('awaiting_payment', 'ord_3'));
  assert.equal(store.order?.orderId, 'ord_3');
});

test('A new mount goes on with the order that the one before had, and with the cart when that is gone', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { store, calls } = storeOn((_, { order_id }) => looked('paid', String(order_id)), { view: { order_id: 'ord_2' } });
  // The host repeats the result of the first order, but "check out again" was pressed after it.
  assert.equal(store.receive(started('awaiting_payment', 'ord_1')), false);
  await store.fetch();
  assert.deepEqual([store.order?.orderId, store.order?.status, store.kept], ['ord_2', 'paid', { order_id: 'ord_2' }]);
  assert.ok(!calls.includes('show_cart'));

  const cart = { cart_id: 'cart_a', version: 1, currency: 'USD', items: [eggs], item_count: 2, subtotal: 8.58 };
  const gone = storeOn(name => (name === 'get_order' ? { isError: true } : { structuredContent: cart }), { view: { order_id: 'ord_9' } });
  await gone.store.fetch();
  assert.equal(gone.store.order?.orderId, undefined);
  assert.equal(gone.store.order?.total, 8.58);
});

test('Checking out shows the advice of the shop, and says that there is no checkout only where there is none', async () => {
  const refusing = storeOn(() => ({ isError: true, content: [{ type: 'text', text: 'Only 1 of Eggs is left.' }] }));
  await refusing.store.start();
  assert.equal(refusing.cart.notice?.text, 'Only 1 of Eggs is left.');
  assert.equal(refusing.store.isUnavailable, false);

  const lost = storeOn(() => {
    throw new Error('The host did not answer.');
  });
  await lost.store.start();
  assert.match(lost.cart.notice?.text ?? '', /did not answer/);
  assert.equal(lost.store.isUnavailable, false);

  for (const failure of [new RpcFailure('Unknown tool: start_checkout', -32602), new Error('Unknown tool: start_checkout'), new Error('Tool start_checkout not found')]) {
    const absent = storeOn(() => {
      throw failure;
    });
    await absent.store.start();
    assert.equal(absent.store.isUnavailable, true, failure.message);
    assert.equal(absent.cart.notice, undefined);
  }
});

test('Two presses of "check out" make one call', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { store, calls } = storeOn(name => (name === 'start_checkout' ? started() : looked('awaiting_payment')));
  await Promise.all([store.start(), store.start()]);
  assert.equal(calls.filter(name => name === 'start_checkout').length, 1);
});

test('An order is read with its status, notes and trouble, and a status that is not known waits for the payment', () => {
  const read = readOrder(order('paid', 'o', { notes: ['Eggs cost less now.'], embed_error: 'Later.', refunded_amount: 100 }));
  assert.deepEqual([read?.status, read?.notes, read?.trouble, read?.isSimulated, read?.refunded], ['paid', ['Eggs cost less now.'], 'Later.', true, 1]);
  assert.equal(readOrder({ order: order('refunded') })?.status, 'refunded');
  assert.equal(readOrder(order('something_new'))?.status, 'awaiting_payment');
  assert.equal(readOrder({ order: null }), undefined);
});

const embed = { token: 't', gr4vy_id: 'acme', environment: 'sandbox', currency: 'USD', country: 'US', merchant_account_id: 'default', amount: 858 };

test('The settings of the payment form come from the metadata only, complete and with the intent said', () => {
  const meta = { embed, embed_script: 'https://cdn.acme.gr4vy.app/embed.latest.js', embed_intent: 'authorize', embed_order: { order_id: 'ord_1', metadata: { order_id: 'ord_1' } } };
  const shown = readOrder(order('awaiting_payment'))!;
  assert.deepEqual(readEmbed(meta, shown), {
    script: 'https://cdn.acme.gr4vy.app/embed.latest.js',
    setup: {
      token: 't',
      gr4vyId: 'acme',
      environment: 'sandbox',
      currency: 'USD',
      country: 'US',
      amount: 858,
      intent: 'authorize',
      externalIdentifier: 'ord_1',
      metadata: { order_id: 'ord_1' },
      merchantAccountId: 'default',
    },
  });
  assert.equal(readEmbed({ ...meta, embed_script: 'javascript:alert(1)' }, shown), undefined);
  assert.equal(readEmbed({ ...meta, embed: { ...embed, environment: undefined } }, shown), undefined);
  assert.equal(readEmbed({ embed_script: 'https://cdn.example/x.js' }, shown), undefined);
  assert.equal(readEmbed(undefined, shown), undefined);
});

function paymentForm(): { form: PaymentForm; fire(name: string, data?: unknown): void; log: string[]; submits(): number; given: Record<string, unknown> } {
  const log: string[] = [];
  let given: Record<string, unknown> = {};
  let submits = 0;
  const gr4vy = {
    setup(options: Record<string, unknown>) {
      given = options;
      return { submit: () => void submits++ };
    },
  };
  const form = new PaymentForm(gr4vy, '#embed', { token: 't' }, { busy: isBusy => void log.push(isBusy ? 'busy' : 'idle'), failed: text => void log.push(text), created: () => void log.push('created') });
  return { form, fire: (name, data) => (given['onEvent'] as (name: string, data?: unknown) => void)(name, data), log, submits: () => submits, given };
}

test('One press is one payment, until the form has answered', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { form, fire, log, submits, given } = paymentForm();
  assert.equal('form' in given, false, 'with a form given, the payment would be made twice');
  fire('formUpdate', { valid: true });
  form.pay();
  form.pay();
  await pass(context, 60_000);
  form.pay();
  assert.equal(submits(), 1);
  assert.equal(form.isUnderWay, true);
  fire('transactionFailed', { code: 'unauthorized' });
  assert.match(log.at(-1) ?? '', /could not be made/);
  form.pay();
  assert.equal(submits(), 2);
  fire('transactionCreated', { id: 'tx', status: 'authorization_declined' });
  assert.deepEqual(log.slice(-2), ['busy', 'created']);
  form.pay();
  assert.equal(submits(), 2);
  assert.equal(form.isUnderWay, false);
});

test('A press that an incomplete form swallows can be repeated, and a cancelled payment too', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { form, fire, log, submits } = paymentForm();
  form.pay();
  await pass(context, 5000);
  assert.equal(log.at(-1), 'idle');
  form.pay();
  assert.equal(submits(), 2);
  fire('transactionCancelled');
  assert.match(log.at(-1) ?? '', /cancelled/);
  assert.equal(form.isUnderWay, false);
});

test('Settings that the form refuses are said to be a problem', () => {
  const failed: string[] = [];
  new PaymentForm({ setup: () => undefined }, '#embed', {}, { busy: () => undefined, failed: text => void failed.push(text), created: () => undefined });
  assert.equal(failed.length, 1);
});

test('The stand-in for a model starts checkouts and looks at orders where it can', () => {
  const tools = new Set(['start_checkout', 'get_order', 'add_to_cart', 'show_cart', 'list_products']);
  const known = { cartId: 'cart_a', orderId: 'ord_1' };
  for (const text of ['I would like to check out my cart.', 'Checkout please', 'I want to pay', 'buy everything', 'order it', 'Place my order']) {
    assert.deepEqual(answer(text, tools, known), { tool: 'start_checkout', args: { cart_id: 'cart_a' } }, text);
  }

  for (const text of ['Is my order paid?', 'Where is my order?', "What's the status of my order", 'Did the payment go through?', 'Has it been paid?']) {
    assert.deepEqual(answer(text, tools, known), { tool: 'get_order', args: { order_id: 'ord_1' } }, text);
  }

  assert.ok('say' in answer('Is my order paid?', tools, { cartId: undefined }));
  assert.ok('say' in answer('check out', new Set(['show_cart']), known));
  assert.deepEqual(answer('Show my cart.', tools, known), { tool: 'show_cart', args: { cart_id: 'cart_a' } });
  assert.deepEqual(answer('Add two eggs to my cart', tools, known), { tool: 'add_to_cart', args: { items: [{ name: 'eggs', quantity: 2 }], cart_id: 'cart_a' } });
  assert.deepEqual(answer('I want milk', tools, known), { tool: 'list_products', args: { search: 'milk' } });
});
