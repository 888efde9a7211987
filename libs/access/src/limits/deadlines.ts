/** What a peer has for the head of a request, and for all of it, in milliseconds; whoever says nothing is gone soon. */
export const deadlines = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** The same for Fastify, which sets the deadline of a request by itself: without this, to none. */
export const fastifyDeadlines = { requestTimeout: deadlines.requestTimeout, http: deadlines };
