// Calls every operation of openapi.json with a client that was generated from it. Its types say what may be sent, so a description
// that asks for something else than the API does not compile. Prints each answer as one line of JSON.
// Arguments: the URL of Galley, and a token of the shop's staff if one is needed.
import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './openapi.gen.js';

const [baseUrl = '', token] = process.argv.slice(2);

/** One line of the output. */
export interface Exchange {
  operation: string;
  status: number;
  contentType: string | null;
  headers: Record<string, string>;
  /** As it was sent. For a stream, only its beginning. */
  body: string;
}

const printed: Middleware = {
  async onResponse({ request, response, schemaPath }) {
    const contentType = response.headers.get('content-type');
    const copy = response.clone();
    const exchange: Exchange = {
      operation: `${request.method} ${schemaPath}`,
      status: response.status,
      contentType,
      headers: Object.fromEntries(response.headers),
      body: contentType?.startsWith('text/event-stream') ? await beginning(copy) : await copy.text(),
    };
    console.log(JSON.stringify(exchange));
  },
};

/** What a stream sends first: all up to its first empty line. */
async function beginning({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  let text = '';
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done) return text;
    text += Buffer.from(value ?? []).toString();
    // The rest of a copy ends with the answer itself, so nothing may wait for its end here.
    if (text.includes('\n\n')) return text;
  }
}

const client = createClient<paths>({
  baseUrl,
  ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
});
client.use(printed);

/** The content of an answer that must have succeeded. */
function succeeded<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (error !== undefined || data === undefined) {
    throw new Error(`${response.url} was answered ${response.status}: ${JSON.stringify(error)}`);
  }
  return data;
}

const run = Date.now().toString(36);
const orderId = `generated-${run}`;
const byOrder = { path: { orderId } };

const placed = succeeded(
  await client.POST('/orders', {
    params: { header: { 'Idempotency-Key': `place-${run}` } },
    body: { orderId, customerId: 'ana', title: 'Annual report', quantity: 500, note: 'Paid in cash' },
  }),
);
const changed = succeeded(
  await client.PATCH('/orders/{orderId}', {
    params: { ...byOrder, header: { 'If-Match': `"${placed.revision}"` } },
    body: { status: 'In Printing', estimatedDate: '2099-12-24', message: 'On the press' },
  }),
);
const { outcomes } = succeeded(
  await client.POST('/batches', {
    body: {
      operations: [
        { type: 'place', order: { orderId: `${orderId}-2`, customerId: 'ana', title: 'Flyers', quantity: 100 } },
        { type: 'change', orderId, ifMatch: changed.revision, changes: { rush: true } },
        { type: 'remove', orderId: `${orderId}-2`, ifMatch: 1, idempotencyKey: `remove-${run}` },
        { type: 'change', orderId, ifMatch: 1, changes: { rush: false } },
      ],
    },
  }),
);
const statuses = outcomes.map(({ status }) => status).join();
if (statuses !== '201,200,204,412') throw new Error(`The batch has the outcomes ${statuses}`);
const read = succeeded(await client.GET('/orders/{orderId}', { params: byOrder }));
if (read.revision !== changed.revision + 1) throw new Error(`${orderId} is at revision ${read.revision}`);
const tag = `"${read.revision}"`;
await client.GET('/orders/{orderId}', { params: { ...byOrder, header: { 'If-None-Match': tag } } });

const page = succeeded(
  await client.GET('/orders', { params: { query: { customerId: 'ana', status: ['In Printing'], limit: 5 } } }),
);
if (typeof page === 'string' || !page.orders.some((order) => order.orderId === orderId))
  throw new Error(`${orderId} is not in the list`);
await client.GET('/orders', { headers: { accept: 'text/csv' }, parseAs: 'text' });
succeeded(await client.GET('/counts', { params: { query: { open: true } } }));
succeeded(await client.GET('/orders/{orderId}/history', { params: { ...byOrder, query: { order: 'newest' } } }));
succeeded(await client.POST('/orders/{orderId}/tracking-links', { params: byOrder, body: { expiresIn: 600 } }));
succeeded(await client.POST('/announcements', { body: { message: 'Closed on Friday' } }));
await client.DELETE('/sessions/{sub}', { params: { path: { sub: 'nobody' }, query: { role: 'customer' } } });

const ending = new AbortController();
await client.GET('/changes', {
  params: { query: { orderId: [orderId], feed: true } },
  parseAs: 'stream',
  signal: ending.signal,
});
ending.abort();

succeeded(await client.GET('/health/live'));
succeeded(await client.GET('/health/ready'));
await client.DELETE('/orders/{orderId}', { params: { ...byOrder, header: { 'If-Match': tag } } });

// What is refused is described, too.
await client.GET('/orders/{orderId}', { params: byOrder });
await client.PATCH('/orders/{orderId}', { params: byOrder, body: { quantity: 0 } });
await client.POST('/orders', { body: { orderId, customerId: 'ana', title: 'Annual report', quantity: 500 } });
