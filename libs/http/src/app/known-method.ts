const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * A method as metrics and traces name it. A client chooses it, so all others share one name.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/
 */
export const knownMethod = (method: string): string => (METHODS.has(method) ? method : '_OTHER');
