import { readFileSync } from 'node:fs';

interface CatalogFile {
  store: { name: string; currency: string };
  facets: { key: string; title: string; values: string[] }[];
  products: {
    id: string;
    name: string;
    price: string;
    description: string;
    image?: string;
    category?: string;
    stock?: number;
    facets?: Record<string, string | string[]>;
  }[];
}

/** A product as the tools answer it: one property per facet beside the fixed ones. */
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

export interface Catalog {
  currency: string;
  products: Product[];
  byId: Map<string, Product>;
  facets: Record<string, string[]>;
}

/** Reads a Cartwright catalogue file into memory; images become URLs under `origin`. */
export function readCatalog(path: string, origin: string): Catalog {
  const file = JSON.parse(readFileSync(path, 'utf8')) as CatalogFile;
  const { currency } = file.store;
  const products = file.products.map(
    (product): Product => ({
      id: product.id,
      name: product.name,
      price: Number(product.price),
      currency,
      description: product.description,
      ...(product.image === undefined ? {} : { image: `${origin}/${product.image}` }),
      ...(product.category === undefined ? {} : { category: product.category }),
      in_stock: product.stock === undefined || product.stock > 0,
      ...product.facets,
    }),
  );
  return {
    currency,
    products,
    byId: new Map(products.map(product => [product.id, product])),
    facets: Object.fromEntries(file.facets.map(facet => [facet.key, facet.values])),
  };
}
