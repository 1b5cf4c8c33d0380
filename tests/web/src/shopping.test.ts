import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { Stage } from './stage.js';
import type { Dialect } from './host/wire.js';
import { quantitiesOf, type Conversation } from './conversation.js';
import type { HostPage } from './host-page.js';

const dialects: Dialect[] = ['mcp-apps', 'openai', 'both'];
const groceryList = { eggs: 2, milk: 1, avocados: 2, tomatoes: 3 };

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(() => stage.closeWindows());

async function showCart(host: HostPage, conversation: Conversation): Promise<void> {
  await host.show({ conversation, tool: 'show_cart', result: await conversation.call('show_cart') });
}

for (const dialect of dialects) {
  test(`The demo conversation ends in the whole grocery list (${dialect})`, async () => {
    const conversation = await stage.converse(dialect);
    const host = await stage.openWindow();
    const added = await conversation.call('add_to_cart', { items: [{ name: 'Eggs', quantity: 2 }, { name: 'Milk' }] });
    await host.show({ conversation, tool: 'add_to_cart', result: added });
    await host.widget.getByRole('spinbutton', { name: 'How many Eggs' }).waitFor();
    assert.equal(await host.widget.getByRole('spinbutton', { name: 'How many Eggs' }).inputValue(), '2');

    await host.show({ conversation, tool: 'list_products', result: await conversation.call('list_products') });
    await host.widget.getByRole('button', { name: 'Add Avocados to the cart' }).click();
    await host.widget.getByRole('button', { name: 'One more Avocados' }).click();
    await host.widget.getByRole('button', { name: /^5 items in the cart/ }).waitFor();
    assert.deepEqual(await conversation.quantities(), { eggs: 2, milk: 1, avocados: 2 });

    await conversation.call('add_to_cart', { items: [{ product_id: 'tomatoes', quantity: 3 }] });
    await showCart(host, conversation);
    await host.widget.getByRole('spinbutton', { name: 'How many Tomatoes' }).waitFor();
    assert.deepEqual(quantitiesOf(await conversation.callForCart('show_cart')), groceryList);
  });
}
