import { type english } from './english.js';
import { type englishTimes } from './english-times.js';
import { type englishTracking } from './english-tracking.js';

/** The catalogue: what every language must say. */
export type Words = Widened<typeof english>;

/** What every page says of dates and times. */
export type TimeWords = Widened<typeof englishTimes>;

/** What the tracking page says. */
export type TrackingWords = Widened<typeof englishTracking>;

/** The same keys and parameters with any text. */
type Widened<T> = T extends string
  ? string
  : T extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Widened<Result>
    : { [Key in keyof T]: Widened<T[Key]> };
