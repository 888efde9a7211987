import { type Problem } from '@galley/client';
import { currentToken } from './identity.js';

/** The orders API has refused a request, or did not answer. */
export class RequestError extends Error {
  /** @param problem what the API says; absent if it did not answer */
  constructor(readonly problem?: Partial<Problem>) {
    super(problem?.detail ?? 'There is no answer');
    this.name = 'RequestError';
  }
}

/**
 * Asks the orders API for something that no tracker has.
 * @throws RequestError; the reason of the signal if that is aborted
 */
export async function request<T>(method: string, path: string, signal?: AbortSignal): Promise<T> {
  const token = await currentToken();
  const headers = { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const response = await fetch(path, { method, headers, signal }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new RequestError();
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new RequestError(body ?? {});
  return body as T;
}
