import { type BatchOutcomes, type Order } from '@galley/contracts';
import { type WriteTransport } from '../writes/sender.js';
import { toHttpRefusal } from './http-refusal.js';
import { ask, expected, fetchOrder, type RestOptions } from './rest.js';

const NO_CONTENT = 204;

const isOrder = ({ orderId, revision }: Partial<Order>): boolean =>
  typeof orderId === 'string' && typeof revision === 'number';

/** The requests of the orders API that write. */
export const writeTransport = (options: RestOptions): WriteTransport => ({
  fetchOrder: (orderId, signal) => fetchOrder(options, orderId, signal),
  send: async ({ method, path, key, revision, body }, signal) => {
    const headers = { 'idempotency-key': key, ...(revision !== undefined && { 'if-match': `"${revision}"` }) };
    const { name, response } = await ask(options, { method, path, headers, body }, signal);
    if (!response.ok) throw toHttpRefusal(name, response);
    if (method === 'DELETE' && response.status === NO_CONTENT) return undefined;
    return expected(name, response.text, isOrder);
  },
  sendBatch: async (operations, signal) => {
    const { name, response } = await ask(options, { method: 'POST', path: '/batches', body: { operations } }, signal);
    if (!response.ok) throw toHttpRefusal(name, response);
    const { outcomes } = expected<BatchOutcomes>(
      name,
      response.text,
      (body) => body.outcomes?.length === operations.length,
    );
    return outcomes.map((outcome) => {
      if ('order' in outcome) return outcome.order;
      if (!('problem' in outcome)) return undefined;
      const { status, problem, retryAfter } = outcome;
      return toHttpRefusal(name, {
        ...{ status, text: JSON.stringify(problem) },
        retryAfter: retryAfter === undefined ? null : String(retryAfter),
      });
    });
  },
});
