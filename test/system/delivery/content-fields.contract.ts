import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClient } from '@galley/testing';
import {
  CONTENT_FIELDS,
  exampleContent,
  orderContent,
  UPDATE_FIELDS,
  type OrderContent,
  type OrderState,
} from '@galley/contracts';
import { type TestCluster } from '../harness/cluster.js';

type Content = Partial<OrderState>;

/** The content fields that an object has. */
const contentOf = (value: object | undefined): Content =>
  Object.fromEntries(
    CONTENT_FIELDS.flatMap((field) => (value && field in value ? [[field, value[field as never]]] : [])),
  );

const isOptional = (field: keyof OrderContent) => orderContent.shape[field].safeParse(undefined).success;

/** The fields of an event that the tests read; only some events have the order. */
type Heard = { revision?: number; order?: object } & Content;

/** Each content field is returned everywhere as it was written, with every store. */
export function contentFieldsContract(open: () => Promise<TestCluster>): void {
  describe('the content of an order', () => {
    const [placed, changed] = [exampleContent(0), exampleContent(1)];
    let cluster: TestCluster;
    let client: TestClient | undefined;

    beforeAll(async () => {
      cluster = await open();
      client = await TestClient.connect(cluster.url);
    }, 120_000);
    afterAll(async () => {
      client?.close();
      await cluster.close();
    });

    const heard = async (name: string, orderId: string, revision: number): Promise<Heard | undefined> =>
      client?.event(name, (payload) => payload.orderId === orderId && payload.revision === revision);

    /** Checks the content in the order, the list, the history and the event after a change. */
    const expectEverywhere = async (orderId: string, revision: number, expected: Content) => {
      const name = revision === 1 ? 'orderCreated' : 'orderUpdated';
      const { body: list } = await cluster.orders.list({ limit: 200 });
      const { body } = await cluster.orders.history(orderId);
      expect({
        get: contentOf((await cluster.orders.get(orderId)).body),
        list: contentOf(list.orders.find((order) => order.orderId === orderId)),
        history: contentOf(body.history.at(-1)),
        event: contentOf((await heard(name, orderId, revision))?.order),
      }).toEqual({ get: expected, list: expected, history: expected, event: expected });
    };

    it('has every field after it is placed, in the answer, the list, the history and the event', async () => {
      const answer = await cluster.orders.place({ orderId: 'whole', ...placed });
      expect(contentOf(answer.body)).toEqual(placed);
      await expectEverywhere('whole', 1, placed);
    });

    it.each(CONTENT_FIELDS)('changes only its %s', async (field) => {
      const orderId = `changed-${field}`;
      await cluster.orders.place({ orderId, ...placed });
      const answer = await cluster.orders.change(orderId, { [field]: changed[field] });
      const expected: Content = { ...placed, [field]: changed[field] };
      expect(contentOf(answer.body)).toEqual(expected);
      await expectEverywhere(orderId, 2, expected);
      const update = await heard(`${orderId}/update`, orderId, 2);
      for (const told of UPDATE_FIELDS) expect(update?.[told]).toEqual(expected[told]);
    });

    it.each(CONTENT_FIELDS.filter(isOptional))('loses its %s if it is set to null', async (field) => {
      const orderId = `lost-${field}`;
      await cluster.orders.place({ orderId, ...placed });
      const answer = await cluster.orders.change(orderId, { [field]: null });
      const expected = Object.fromEntries(Object.entries(placed).filter(([name]) => name !== field));
      expect(contentOf(answer.body)).toEqual(expected);
      await expectEverywhere(orderId, 2, expected);
    });

    it.each(CONTENT_FIELDS.filter((field) => !isOptional(field)))('refuses null for its %s', async (field) => {
      await cluster.orders.place({ orderId: `kept-${field}`, ...placed });
      expect((await cluster.orders.change(`kept-${field}`, { [field]: null })).status).toBe(400);
    });
  });
}
