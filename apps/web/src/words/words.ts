import { type english } from './english.js';

/** The catalogue: what every language must say. */
export type Words = Widened<typeof english>;

/** The same keys and parameters with any text. */
type Widened<T> = T extends string
  ? string
  : T extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Widened<Result>
    : { [Key in keyof T]: Widened<T[Key]> };
