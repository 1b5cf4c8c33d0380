/** A vertical axis: its ends, and where it is marked. */
export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

/** An axis with zero on it, marked at round numbers that are `finest` apart or more. */
export function axisFor(values: number[], finest: number): Axis {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const step = Math.max(finest, roundStep((high - low) / 4));
  const [first, last] = [Math.floor(low / step), Math.max(Math.ceil(high / step), Math.floor(low / step) + 1)];
  // Multiples are rounded, so that 3 × 0.1 is 0.3.
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  return { low: ticks[0] ?? 0, high: ticks.at(-1) ?? 1, ticks };
}

/** The next larger of 1, 2, 2.5, 5 times a power of ten. */
function roundStep(rough: number): number {
  if (rough <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 2.5, 5].find(factor => factor * power >= rough * 0.999999) ?? 10) * power;
}

/** Every how many points a label has room. */
export function strideFor(count: number, room: number, labelWidth: number): number {
  return Math.max(1, Math.ceil((count * labelWidth) / Math.max(room, 1)));
}
