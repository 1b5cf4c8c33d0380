import { Advice, textOf, type ToolResult } from '../../bridge/host.ts';
import { isRecord } from '../../bridge/rpc.ts';
import { choose, readFilters, readListing, toArguments, type Filters, type Listing, type Product } from './listing.ts';

/** How many products are shown at first, and how many more at a time: hosts show the widget in a narrow column. */
const PAGE = 12;
/** Typing in the search field asks the server only after a pause of this many milliseconds. */
const PAUSE = 250;

/** What the store needs of the bridge. */
export interface ListingHost {
  callTool(name: string, args: Record<string, unknown>): Promise<ToolResult>;
}

/** The products as the shopper narrows them down: here, when the whole catalogue came along, else by asking the server page by page. */
export class CatalogStore {
  filters: Filters = readFilters({}, {});
  isLoading = false;
  failure: string | undefined;

  private listing: Listing | undefined;
  private limit = PAGE;
  private received = '';
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: ListingHost,
    private readonly changed: () => void,
  ) {}

  get isFilled(): boolean {
    return this.listing !== undefined;
  }

  /** The values of every facet. */
  get facets(): Record<string, string[]> {
    return this.listing?.facets ?? {};
  }

  get currency(): string {
    return (this.listing?.products[0] ?? this.listing?.catalog?.[0])?.currency ?? 'USD';
  }

  /** All products that match, as far as they are here. */
  get matching(): readonly Product[] {
    const { listing } = this;
    if (listing === undefined) return [];
    // As long as nothing was changed, the server's own choice and order stand.
    const isComplete = listing.products.length === listing.total && this.isAsAsked;
    return listing.catalog === undefined || isComplete ? listing.products : choose(listing.catalog, this.filters, Object.keys(listing.facets));
  }

  get products(): readonly Product[] {
    return this.matching.slice(0, this.limit);
  }

  get total(): number {
    return this.listing?.catalog === undefined ? (this.listing?.total ?? 0) : this.matching.length;
  }

  get hasMore(): boolean {
    return this.matching.length > this.limit || (this.listing?.catalog === undefined && this.listing?.cursor !== undefined);
  }

  /** Takes a result of the host. The same result again changes nothing, so that the shopper's choice stands. */
  receive(result: ToolResult, view?: unknown): boolean {
    const listing = readListing(result);
    if (listing === undefined) return false;
    const received = JSON.stringify(result.structuredContent);
    if (received === this.received) {
      // The catalogue may come with the second copy only.
      if (this.listing !== undefined) this.listing.catalog ??= listing.catalog;
      return true;
    }

    this.received = received;
    this.listing = listing;
    this.limit = PAGE;
    this.filters = listing.filters;
    // What an earlier mount of this very listing was narrowed down to.
    if (isRecord(view) && view['of'] === this.fingerprint) this.change(readFilters(view['filters'], listing.facets));
    this.changed();
    return true;
  }

  /** Asks for what the tool was called with. */
  async fetch(args: Record<string, unknown>): Promise<void> {
    const result = await this.host.callTool('list_products', args);
    if (!this.receive(result)) throw new Advice(textOf(result) || 'The shop did not answer.');
  }

  change(filters: Filters): void {
    const isTyping = filters.search !== this.filters.search;
    this.filters = filters;
    this.limit = PAGE;
    if (this.listing !== undefined && this.listing.catalog === undefined) {
      clearTimeout(this.timer);
      this.isLoading = true;
      this.timer = setTimeout(() => void this.load(), isTyping ? PAUSE : 0);
    }

    this.changed();
  }

  async more(): Promise<void> {
    this.limit += PAGE;
    if (this.limit > this.matching.length && this.listing?.catalog === undefined && this.listing?.cursor !== undefined) {
      await this.load(this.listing.cursor);
    }

    this.changed();
  }

  /** What is worth keeping: the shopper's own filters, and of which listing they are. */
  keep(): unknown {
    return this.isAsAsked ? undefined : { of: this.fingerprint, filters: toArguments(this.filters) };
  }

  /** Loads the first page of the filters, or the page behind a cursor. Only the answer to the last question counts. */
  private async load(cursor?: string): Promise<void> {
    const asked = ++this.asked;
    this.isLoading = true;
    this.failure = undefined;
    this.changed();
    try {
      const args = { ...toArguments(this.filters), limit: 2 * PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const result = await this.host.callTool('list_products', args);
      if (asked !== this.asked) return;
      const page = readListing(result);
      if (page === undefined) this.failure = textOf(result) || 'The shop did not answer.';
      else this.show(page, cursor !== undefined);
    } catch {
      if (asked === this.asked) this.failure = 'The shop did not answer. Please try again.';
    } finally {
      if (asked === this.asked) this.isLoading = false;
      this.changed();
    }
  }

  private show(page: Listing, isNext: boolean): void {
    const { listing } = this;
    if (listing === undefined) return;
    this.listing = { ...page, filters: listing.filters, products: isNext ? [...listing.products, ...page.products] : page.products };
  }

  private get isAsAsked(): boolean {
    return this.listing !== undefined && same(this.filters, this.listing.filters);
  }

  private get fingerprint(): string {
    return this.listing === undefined ? '' : JSON.stringify(toArguments(this.listing.filters));
  }
}

function same(one: Filters, other: Filters): boolean {
  return JSON.stringify(toArguments(one)) === JSON.stringify(toArguments(other));
}
