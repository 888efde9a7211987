import { type Identity } from '../environment/identity.js';
import { type TraceOptions } from './trace-variables.js';
import { Tracing } from './tracing.js';

/**
 * Starts to record spans for an app, if they are to go anywhere. Otherwise the SDK is not even loaded.
 * @param options absent if nothing is to be traced
 */
export async function startTracing(identity: Identity, options?: TraceOptions): Promise<Tracing> {
  if (!options) return Tracing.off;
  const { recordSpans } = await import('./record-spans.js');
  return recordSpans(identity, options);
}
