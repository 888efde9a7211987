import { type Variant } from '../connections/subscriber.js';

/** Makes something once for each variant that somebody needs. */
export function perVariant<T extends object | string>(make: (variant: Variant) => T): (variant: Variant) => T {
  const made: Partial<Record<Variant, T>> = {};
  return (variant) => (made[variant] ??= make(variant));
}
