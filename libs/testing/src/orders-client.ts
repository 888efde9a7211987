import {
  exampleContent,
  placeOrder,
  type BatchOutcomes,
  type Order,
  type OrderContent,
  type OrderHistory,
  type OrderPage,
  type PlaceOrderInput,
} from '@galley/contracts';

/** The required fields of a request. */
const required = Object.fromEntries(
  Object.entries(exampleContent()).filter(
    ([field]) => !placeOrder.shape[field as keyof OrderContent].safeParse(undefined).success,
  ),
);

export const aPlaceOrder = (request: Partial<PlaceOrderInput> = {}) =>
  ({ customerId: 'ana', ...required, ...request }) as PlaceOrderInput;

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** Calls the REST API over real HTTP. It returns all answers unchanged, including refusals. */
export class OrdersClient {
  /** @param token the token of the caller; absent in open mode */
  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  place(request: Partial<PlaceOrderInput> = {}, headers?: Record<string, string>): Promise<Answer<Order>> {
    return this.send('POST', '/orders', aPlaceOrder(request), headers);
  }

  change(orderId: string, request: object, headers?: Record<string, string>): Promise<Answer<Order>> {
    return this.send('PATCH', `/orders/${orderId}`, request, headers);
  }

  remove(orderId: string, headers?: Record<string, string>): Promise<Answer<unknown>> {
    return this.send('DELETE', `/orders/${orderId}`, undefined, headers);
  }

  /** @param operations also such that are refused */
  batch(operations: readonly object[]): Promise<Answer<BatchOutcomes>> {
    return this.send('POST', '/batches', { operations });
  }

  get(orderId: string): Promise<Answer<Order>> {
    return this.send('GET', `/orders/${orderId}`);
  }

  history(orderId: string): Promise<Answer<OrderHistory>> {
    return this.send('GET', `/orders/${orderId}/history`);
  }

  list(query: Record<string, string | number> = {}): Promise<Answer<OrderPage>> {
    const search = new URLSearchParams(
      Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
    );
    return this.send('GET', `/orders?${search.toString()}`);
  }

  announce(message: string): Promise<Answer<unknown>> {
    return this.send('POST', '/announcements', { message });
  }

  /** @param body a text is sent unchanged, anything else as JSON */
  async send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
  }
}
