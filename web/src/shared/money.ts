const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, locale: string | undefined): Intl.NumberFormat | undefined {
  const key = `${locale} ${currency}`;
  let known = formats.get(key);
  // A host may name a locale, and a catalogue a currency, that this browser does not know.
  for (const attempt of known === undefined ? [locale, undefined] : []) {
    try {
      known = new Intl.NumberFormat(attempt, { style: 'currency', currency });
      formats.set(key, known);
      break;
    } catch {
      continue;
    }
  }

  return known;
}

/** An amount as people of the locale write it. */
export function formatMoney(amount: number, currency: string, locale?: string): string {
  return format(currency, locale)?.format(amount) ?? `${amount} ${currency}`;
}

/** Decimal places of the currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD. */
function places(currency: string): number {
  return format(currency, 'en')?.resolvedOptions().maximumFractionDigits ?? 2;
}

/** A decimal amount as whole minor units, so that it can be added and multiplied without error. */
export function toMinor(amount: number, currency: string): number {
  return Math.round(amount * 10 ** places(currency));
}

export function fromMinor(minor: number, currency: string): number {
  return minor / 10 ** places(currency);
}
