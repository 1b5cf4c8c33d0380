// Days are texts, yyyy-mm-dd, and reckoned with in UTC, where every day has 24 hours.
const DAY = 86_400_000;

export interface Period {
  start: string;
  end: string;
}

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);
const iso = (date: Date): string => date.toISOString().slice(0, 10);

export function addDays(day: string, count: number): string {
  return iso(new Date(utc(day).getTime() + count * DAY));
}

/** How many days, both ends included. */
export function daysIn({ start, end }: Period): number {
  return Math.round((utc(end).getTime() - utc(start).getTime()) / DAY) + 1;
}

/**
 * The period right before (-1) or after (1): as many whole months of whole months, else as many days. It ends today at the latest;
 * undefined when it lies in the future.
 */
export function neighbour(period: Period, direction: 1 | -1, today?: string): Period | undefined {
  const [start, after] = [utc(period.start), utc(addDays(period.end, 1))];
  const months = (after.getUTCFullYear() - start.getUTCFullYear()) * 12 + after.getUTCMonth() - start.getUTCMonth();
  let next: Period;
  if (start.getUTCDate() === 1 && after.getUTCDate() === 1) {
    const first = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + direction * months, 1));
    next = { start: iso(first), end: addDays(iso(new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + months, 1))), -1) };
  } else {
    const by = direction * daysIn(period);
    next = { start: addDays(period.start, by), end: addDays(period.end, by) };
  }

  if (today === undefined) return next;
  return next.start > today ? undefined : { start: next.start, end: next.end > today ? today : next.end };
}

/** Today in a zone; undefined for one that the browser does not know. */
export function todayIn(zone: string | undefined, now: Date): string | undefined {
  if (zone === undefined) return undefined;
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now);
    const part = (type: string): string => parts.find(each => each.type === type)?.value ?? '';
    return `${part('year')}-${part('month')}-${part('day')}`;
  } catch {
    return undefined;
  }
}

const known = new Map<string, Intl.DateTimeFormat>();

function format(locale: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let made = known.get(key);
  if (made === undefined) {
    // The Gregorian calendar, whatever the locale's own: the answers' days and months are its.
    const all: Intl.DateTimeFormatOptions = { timeZone: 'UTC', calendar: 'gregory', ...options };
    try {
      made = new Intl.DateTimeFormat(locale, all);
    } catch {
      made = new Intl.DateTimeFormat(undefined, all);
    }

    known.set(key, made);
  }

  return made;
}

/** A period as people write it: one day, a month, or from one day to the other. */
export function nameOf({ start, end }: Period, locale: string | undefined): string {
  const date: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };
  if (start === end) return format(locale, { ...date, weekday: 'short' }).format(utc(start));
  const isMonth = start.endsWith('-01') && start.slice(0, 7) === end.slice(0, 7) && addDays(end, 1).endsWith('-01');
  return isMonth
    ? format(locale, { year: 'numeric', month: 'long' }).format(utc(start))
    : format(locale, date).formatRange(utc(start), utc(end));
}

/** A short name of a bucket's beginning, for an axis. */
export function tickOf(day: string, granularity: 'day' | 'week' | 'month', withYear: boolean, locale: string | undefined): string {
  const options: Intl.DateTimeFormatOptions = granularity === 'month' ? { month: 'short' } : { month: 'short', day: 'numeric' };
  return format(locale, withYear ? { ...options, year: 'numeric' } : options).format(utc(day));
}
