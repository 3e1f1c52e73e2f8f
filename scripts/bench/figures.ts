/** Milliseconds of single runs, one after another. */
export interface OneByOne {
  p50: number;
  p95: number;
}

/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function oneByOne(values: readonly number[]): OneByOne {
  return { p50: percentile(values, 0.5), p95: percentile(values, 0.95) };
}
