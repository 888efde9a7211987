/** How a series goes, by the straight line that fits it best. */
export interface Trend {
  mean: number;
  /** What the line rises by from the first to the last sample, as a part of the mean; below 0 where it falls. */
  growth: number;
}

export interface Sample {
  /** Any unit. */
  at: number;
  value: number;
}

/**
 * Fits a line by least squares.
 * @param samples at least two, at different times
 */
export function trendOf(samples: readonly Sample[]): Trend {
  const count = samples.length;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = samples.reduce((sum, { value }) => sum + value, 0) / count;
  let covariance = 0;
  let variance = 0;
  for (const { at, value } of samples) {
    covariance += (at - meanAt) * (value - mean);
    variance += (at - meanAt) ** 2;
  }
  const times = samples.map(({ at }) => at);
  return { mean, growth: ((covariance / variance) * (Math.max(...times) - Math.min(...times))) / mean };
}
