import type { Bridge } from '../bridge/bridge.ts';
import type { CartStore } from './cart-store.ts';

/** Says something in the conversation for the shopper; where the host does not let a widget do that, asks the shopper to. */
export async function followUp(bridge: Bridge, store: Pick<CartStore, 'inform'>, prompt: string): Promise<void> {
  if (!(await bridge.say(prompt))) store.inform(`Please write to the assistant: “${prompt}”`);
}
