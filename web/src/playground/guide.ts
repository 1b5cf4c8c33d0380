import type { CallResult, Json } from './mcp.ts';
import type { Playground } from './playground.ts';

interface Product {
  id: string;
  name: string;
}

const paid = new Set(['paid', 'authorized']);

export interface Step {
  key: string;
  label: string;
  /** What happens on a click; undefined for the step that the shopper does inside a widget. */
  run?: () => Promise<void>;
}

/** The demonstration: one conversation with the loaded catalogue, step by step. */
export class Guide {
  private products: Product[] = [];

  constructor(private readonly playground: Playground) {}

  /** Reads the first products, so that the steps can name them. */
  async learnProducts(): Promise<void> {
    if (!this.playground.tools.some(tool => tool.name === 'list_products')) return;
    const result = await this.playground.look('list_products', { limit: 12 });
    const products = (result.structuredContent?.['products'] ?? []) as (Product & { in_stock: boolean })[];
    this.products = products.filter(product => product.in_stock);
  }

  /** Empty while the shop has too little to show. */
  get steps(): Step[] {
    const [first, second, third] = this.products;
    const another = this.products[4] ?? third;
    if (!first || !second || !another) return [];
    return [
      this.step('browse', 'Browse', 'Show me what you have', 'list_products', () => ({})),
      this.step('add', `Add 2 ${first.name}, 1 ${second.name}`, `Add two ${first.name} and one ${second.name} to my cart`, 'add_to_cart', () =>
        this.playground.withCart({ items: [{ product_id: first.id, quantity: 2 }, { product_id: second.id, quantity: 1 }] })),
      { key: 'click', label: 'Click + in a widget' },
      this.step('more', `Add 3 ${another.name}`, `Add three ${another.name} as well`, 'add_to_cart', () =>
        this.playground.withCart({ items: [{ product_id: another.id, quantity: 3 }] })),
      this.step('show', 'Show the cart', 'What is in my cart now?', 'show_cart', () => this.playground.withCart({})),
      ...this.purchase,
    ];
  }

  private get purchase(): Step[] {
    if (!this.playground.tools.some(tool => tool.name === 'start_checkout')) return [];
    return [
      this.step('checkout', 'Check out', 'I would like to check out my cart', 'start_checkout', () => this.playground.withCart({})),
      { key: 'pay', label: 'Pay on the page it opens' },
      { key: 'order', label: 'Ask about the order', run: () => this.ask('order', 'Is my order paid?') },
    ];
  }

  isDone(key: string): boolean {
    return this.playground.conversation.done.includes(key);
  }

  /** The step after the last one done; undefined at the end. */
  get next(): string | undefined {
    const { steps } = this;
    const last = steps.findLastIndex(step => this.isDone(step.key));
    return steps[last + 1]?.key;
  }

  /** A widget has called a tool: its changes of the cart, and what it hears of the order, are the steps that the shopper does elsewhere. */
  widgetCalled(tool: string, result: CallResult): void {
    if (result.isError) return;
    if (tool === 'update_cart' || tool === 'add_to_cart') this.finish('click');
    const order = result.structuredContent?.['order'] as Json | undefined;
    if (tool === 'get_order' && paid.has(String(order?.['status']))) this.finish('pay');
  }

  private step(key: string, label: string, text: string, tool: string, args: () => Json): Step {
    return {
      key,
      label,
      run: async () => {
        this.finish(key);
        await this.playground.call(text, tool, args);
      },
    };
  }

  /** A step in words: what answers it depends on what was done before. */
  private async ask(key: string, text: string): Promise<void> {
    this.finish(key);
    await this.playground.say(text);
  }

  private finish(key: string): void {
    const { conversation } = this.playground;
    if (conversation.done.includes(key)) return;
    conversation.done.push(key);
    this.playground.changed();
  }
}
