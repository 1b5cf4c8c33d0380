import type { CallResult, Json } from './mcp.ts';
import type { Playground } from './playground.ts';

interface Product {
  id: string;
  name: string;
}

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

  /** A widget has changed the cart: that was the step in the middle. */
  widgetCalled(tool: string, result: CallResult): void {
    if ((tool === 'update_cart' || tool === 'add_to_cart') && !result.isError) this.finish('click');
  }

  private step(key: string, label: string, text: string, tool: string, args: () => Json): Step {
    return {
      key,
      label,
      run: async () => {
        this.finish(key);
        await this.playground.call(text, tool, args());
      },
    };
  }

  private finish(key: string): void {
    const { conversation } = this.playground;
    if (!conversation.done.includes(key)) conversation.done.push(key);
    this.playground.changed();
  }
}
