import type { ToolResult } from '../../bridge/host.ts';
import { isRecord } from '../../bridge/rpc.ts';

/** A product as `list_products` answers it. Every facet is one more property: a text or a list of texts. */
export interface Product {
  id: string;
  name: string;
  price: number;
  currency: string;
  description: string;
  image?: string;
  category?: string;
  in_stock: boolean;
  [facet: string]: unknown;
}

/** One answer of `list_products`. */
export interface Listing {
  products: Product[];
  /** What can be filtered by: the values of every facet. */
  facets: Record<string, string[]>;
  filters: Filters;
  total: number;
  cursor: string | undefined;
  /** All products, when the catalogue is small enough to travel whole. */
  catalog: Product[] | undefined;
}

/** What the shopper narrows the products down by. Within a facet any value may apply, across facets all must. */
export interface Filters {
  facets: Record<string, string[]>;
  search: string;
  min?: number | undefined;
  max?: number | undefined;
  sort: Sort;
}

export const sorts = { '': 'Featured', price_asc: 'Price, low to high', price_desc: 'Price, high to low', name: 'Name' } as const;
export type Sort = keyof typeof sorts;

/** The listing in a result; undefined when it is something else. */
export function readListing(result: ToolResult): Listing | undefined {
  const content = result.structuredContent;
  if (!isRecord(content) || !Array.isArray(content['products'])) return undefined;
  const catalog = isRecord(result._meta) ? result._meta['catalog'] : undefined;
  const facets = isRecord(content['filters']) ? (content['filters'] as Record<string, string[]>) : {};
  return {
    products: content['products'] as Product[],
    facets,
    filters: readFilters(content['initialFilters'], facets),
    total: typeof content['total'] === 'number' ? content['total'] : content['products'].length,
    cursor: typeof content['next_cursor'] === 'string' ? content['next_cursor'] : undefined,
    catalog: Array.isArray(catalog) ? (catalog as Product[]) : undefined,
  };
}

/** Filters as the tool's arguments or `initialFilters` have them. */
export function readFilters(source: unknown, facets: Record<string, string[]>): Filters {
  const given = isRecord(source) ? source : {};
  const text = given['search'];
  const sort = given['sort'];
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  return {
    facets: Object.fromEntries(Object.keys(facets).flatMap(key => (given[key] === undefined ? [] : [[key, valuesOf(given[key])]]))),
    search: typeof text === 'string' ? text : '',
    min: number(given['min_price']),
    max: number(given['max_price']),
    sort: typeof sort === 'string' && sort in sorts ? (sort as Sort) : '',
  };
}

/** Filters as arguments of `list_products`. */
export function toArguments(filters: Filters): Record<string, unknown> {
  const chosen = Object.entries(filters.facets).filter(([, values]) => values.length > 0);
  return {
    ...Object.fromEntries(chosen),
    ...(filters.search.trim() === '' ? {} : { search: filters.search.trim() }),
    ...(filters.min === undefined ? {} : { min_price: filters.min }),
    ...(filters.max === undefined ? {} : { max_price: filters.max }),
    ...(filters.sort === '' ? {} : { sort: filters.sort }),
  };
}

/** The same choice that the server would make, from a whole catalogue: every word of the search begins some word of the product. */
export function choose(catalog: readonly Product[], filters: Filters, facetKeys: string[]): Product[] {
  const terms = words(filters.search);
  const found = catalog.filter(
    product =>
      Object.entries(filters.facets).every(([key, values]) => values.length === 0 || valuesOf(product[key]).some(value => values.includes(value))) &&
      (filters.min === undefined || product.price >= filters.min) &&
      (filters.max === undefined || product.price <= filters.max) &&
      matches(product, terms, facetKeys),
  );
  if (filters.sort === 'name') return found.sort((a, b) => a.name.localeCompare(b.name));
  if (filters.sort === '') return terms.length === 0 ? found : best(found, terms);
  return found.sort((a, b) => (filters.sort === 'price_asc' ? a.price - b.price : b.price - a.price));
}

export function valuesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
}

function matches(product: Product, terms: string[], facets: string[]): boolean {
  if (terms.length === 0) return true;
  const all = words([product.name, product.description, product.category ?? '', ...facets.flatMap(key => valuesOf(product[key]))].join(' '));
  return terms.every(term => all.some(word => word.startsWith(term)));
}

/** Products with the words in their name come first. */
function best(products: Product[], terms: string[]): Product[] {
  const isNamed = (product: Product): boolean => terms.every(term => words(product.name).some(word => word.startsWith(term)));
  return [...products.filter(isNamed), ...products.filter(product => !isNamed(product))];
}

function words(text: string): string[] {
  return (
    text
      .normalize('NFD')
      .replace(/\p{Mn}+/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
