import { formatMoney, fromMinor } from '../../shared/money.ts';

/** Writes figures as people of a locale do. */
export interface Pen {
  locale: string | undefined;
  money(amount: number, currency: string): string;
  /** Short, for an axis: $1.5K. */
  shortMoney(amount: number, currency: string): string;
  /** The currency's minor unit as a decimal: 0.01 for USD, 1 for JPY. */
  smallest(currency: string): number;
  number(value: number): string;
  shortNumber(value: number): string;
  /** Percent points as they come from the shop: 12.3 is 12.3 %. */
  percent(points: number, signed?: boolean): string;
}

let last: Pen | undefined;

export function penFor(locale: string | undefined): Pen {
  if (last === undefined || last.locale !== locale) last = makePen(locale);
  return last;
}

function makePen(locale: string | undefined): Pen {
  const formats = new Map<string, Intl.NumberFormat | undefined>();
  const numbers = (options: Intl.NumberFormatOptions, value: number): string => {
    const key = JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, formatFor(locale, options));
    return formats.get(key)?.format(value) ?? `${value} ${options.currency}`;
  };
  const compact = { notation: 'compact', maximumSignificantDigits: 3 } as const;
  return {
    locale,
    money: (amount, currency) => formatMoney(amount, currency, locale),
    shortMoney: (amount, currency) => numbers({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...compact }, amount),
    smallest: currency => fromMinor(1, currency),
    number: value => numbers({}, value),
    shortNumber: value => numbers(compact, value),
    percent: (points, signed = false) => numbers({ style: 'percent', maximumFractionDigits: 1, signDisplay: signed ? 'exceptZero' : 'auto' }, points / 100),
  };
}

function formatFor(locale: string | undefined, options: Intl.NumberFormatOptions): Intl.NumberFormat | undefined {
  // A host may name a locale, and history a currency, that this browser does not know.
  for (const attempt of [locale, undefined]) {
    try {
      return new Intl.NumberFormat(attempt, options);
    } catch {
      continue;
    }
  }

  return undefined;
}
