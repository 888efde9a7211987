/**
 * Milliseconds for the head of a request, and for the whole request. Node checks this often, so a silent peer is
 * disconnected soon.
 */
export const deadlines = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** The same for Fastify, which otherwise sets no deadline for a request. */
export const fastifyDeadlines = { requestTimeout: deadlines.requestTimeout, http: deadlines };
