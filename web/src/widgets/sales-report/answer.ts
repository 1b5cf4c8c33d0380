import { isRecord } from '../../bridge/rpc.ts';

/** Figures of one currency: counts, and amounts as decimals with the currency's places. */
export interface Figures {
  currency: string;
  orders: number;
  units: number;
  gross: number;
  refunds: number;
  net: number;
}

/** Figures of a day, or of a week or month as far as it lies in the period. */
export interface Bucket extends Figures {
  start: string;
  /** The same as `start` where the row is one day. */
  end: string;
}

/** Figures that the report compares; the last one is missing where there was no order. */
export type Compared = Partial<Record<'orders' | 'units' | 'gross' | 'refunds' | 'net' | 'average_order_value', number>>;

export interface DayNet {
  date: string;
  net: number;
}

export interface Totals extends Figures {
  average: number | undefined;
  unitsPerOrder: number | undefined;
  products: number | undefined;
  daysWithSales: number | undefined;
  best: DayNet | undefined;
  worst: DayNet | undefined;
  before: (Compared & { start: string; end: string }) | undefined;
  /** Percent; a figure that was zero or less before has none. */
  change: Compared;
}

export interface Category {
  category: string;
  currency: string;
  units: number;
  gross: number;
  refunds: number;
  net: number;
  share: number | undefined;
}

export interface Product extends Figures {
  id: string;
  name: string;
  rank: number;
  category: string | undefined;
}

export interface Sold {
  currency: string;
  products: number;
  units: number;
  net: number;
}

interface Common {
  start: string;
  end: string;
  days: number | undefined;
  zone: string | undefined;
  version: string | undefined;
  simulated: boolean;
  sample: boolean;
  notes: string[];
}

/** What `sales_report` answers. */
export interface Report extends Common {
  kind: 'report';
  granularity: 'day' | 'week' | 'month';
  totals: Totals[];
  categories: Category[];
  buckets: Bucket[];
}

/** What `top_products` answers. */
export interface Ranking extends Common {
  kind: 'ranking';
  totals: Sold[];
  products: Product[];
}

export type Answer = Report | Ranking;

type Json = Record<string, unknown>;

/** Reads an answer; undefined for anything else. A row that lacks a figure is left out, and a note says so. */
export function readAnswer(content: unknown): Answer | undefined {
  if (!isRecord(content)) return undefined;
  const { date_start: start, date_end: end, totals, rows, by_category: categories, granularity } = content;
  if (!isDay(start) || !isDay(end) || !Array.isArray(totals) || !Array.isArray(rows)) return undefined;
  let given = 0;
  let read = 0;
  const each = <T>(list: unknown[], reader: (row: Json) => T | undefined): T[] => {
    const found = list.map(row => (isRecord(row) ? reader(row) : undefined)).filter(row => row !== undefined);
    given += list.length;
    read += found.length;
    return found;
  };
  const common = (): Common => ({
    start,
    end,
    days: numberIn(content, 'days'),
    zone: textIn(content, 'time_zone'),
    version: textIn(content, 'definition_version'),
    simulated: content['includes_simulated'] === true,
    sample: content['includes_sample'] === true,
    notes: [
      ...(Array.isArray(content['notes']) ? content['notes'] : []).filter(note => typeof note === 'string' && note !== ''),
      ...(read < given ? ['Some rows could not be read and are not shown.'] : []),
    ],
  });
  if (Array.isArray(categories)) {
    if (granularity !== 'day' && granularity !== 'week' && granularity !== 'month') return undefined;
    const parts = { totals: each(totals, readTotals), categories: each(categories, readCategory), buckets: each(rows, readBucket) };
    return parts.totals.length === 0 ? undefined : { kind: 'report', granularity, ...parts, ...common() };
  }

  // sales_between has the same members and a granularity, but no widget.
  if (granularity !== undefined) return undefined;
  const parts = { totals: each(totals, readSold), products: each(rows, readProduct) };
  return rows.length > 0 && parts.products.length === 0 ? undefined : { kind: 'ranking', ...parts, ...common() };
}

/** In the order of the answer: the shop's own first. */
export function currenciesOf(answer: Answer): string[] {
  return [...new Set(answer.totals.map(total => total.currency))];
}

export function isEmpty({ orders, gross, refunds }: Figures): boolean {
  return orders === 0 && gross === 0 && refunds === 0;
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}

function numberIn(row: Json, name: string): number | undefined {
  const value = row[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function textIn(row: Json, name: string): string | undefined {
  const value = row[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The named numbers, if all of them are there. */
function numbersIn<K extends string>(row: Json, ...names: K[]): Record<K, number> | undefined {
  const entries = names.map(name => [name, numberIn(row, name)] as const);
  return entries.every(([, value]) => value !== undefined) ? (Object.fromEntries(entries) as Record<K, number>) : undefined;
}

function readFigures(row: Json): Figures | undefined {
  const currency = textIn(row, 'currency');
  const numbers = numbersIn(row, 'orders', 'units', 'gross', 'refunds', 'net');
  return currency === undefined || numbers === undefined ? undefined : { currency, ...numbers };
}

function readTotals(row: Json): Totals | undefined {
  const figures = readFigures(row);
  const { previous, change_percent: change } = row;
  return (
    figures && {
      ...figures,
      average: numberIn(row, 'average_order_value'),
      unitsPerOrder: numberIn(row, 'units_per_order'),
      products: numberIn(row, 'distinct_products'),
      daysWithSales: numberIn(row, 'days_with_sales'),
      best: readDayNet(row['best_day']),
      worst: readDayNet(row['worst_day']),
      before:
        isRecord(previous) && isDay(previous['date_start']) && isDay(previous['date_end'])
          ? { ...readCompared(previous), start: previous['date_start'], end: previous['date_end'] }
          : undefined,
      change: isRecord(change) ? readCompared(change) : {},
    }
  );
}

function readCompared(row: Json): Compared {
  const names = ['orders', 'units', 'gross', 'refunds', 'net', 'average_order_value'] as const;
  return Object.fromEntries(names.map(name => [name, numberIn(row, name)]).filter(([, value]) => value !== undefined));
}

function readDayNet(value: unknown): DayNet | undefined {
  if (!isRecord(value) || !isDay(value['date'])) return undefined;
  const net = numberIn(value, 'net');
  return net === undefined ? undefined : { date: value['date'], net };
}

function readBucket(row: Json): Bucket | undefined {
  const figures = readFigures(row);
  const { start, end } = row;
  return figures && isDay(start) ? { ...figures, start, end: isDay(end) ? end : start } : undefined;
}

function readCategory(row: Json): Category | undefined {
  const [category, currency] = [textIn(row, 'category'), textIn(row, 'currency')];
  const numbers = numbersIn(row, 'units', 'gross', 'refunds', 'net');
  if (category === undefined || currency === undefined || numbers === undefined) return undefined;
  return { category, currency, ...numbers, share: numberIn(row, 'gross_share_percent') };
}

function readProduct(row: Json): Product | undefined {
  const figures = readFigures(row);
  const [id, rank] = [textIn(row, 'product_id'), numberIn(row, 'rank')];
  if (figures === undefined || id === undefined || rank === undefined) return undefined;
  return { ...figures, id, rank, name: textIn(row, 'name') ?? id, category: textIn(row, 'category') };
}

function readSold(row: Json): Sold | undefined {
  const currency = textIn(row, 'currency');
  const numbers = numbersIn(row, 'products', 'units', 'net');
  return currency === undefined || numbers === undefined ? undefined : { currency, ...numbers };
}
