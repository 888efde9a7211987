import { type Model, type PipelineStage } from 'mongoose';
import { type ListKey, type Order, type OrderCounts } from '@galley/contracts';
import { MAX_COUNTED, MAX_EXAMINED, planOf, type ListPlan } from '../lists/list-index.js';
import { countsOf } from '../lists/order-counts.js';
import { factsOf, matcherOf, type Matches, type OrderFilter } from '../lists/order-filter.js';
import { type ListedPage, type ListQuery } from '../orders.repository.js';
import { type DamagedDocuments } from './damaged-documents.js';
import { type Database } from './database.js';
import { isStale, isUpToDate } from './derived-fields.js';
import { NEWEST_FIRST } from './list-indexes.js';
import { hasPlace, inIndex, placeAfter, stagesOf, usesDerivedFields, type Place, type Stretch } from './list-query.js';
import { type OrderDocument } from './order.document.js';
import { toStoredOrder, type WithoutHistory } from './stored-order.js';

/** The most documents that one query of a list returns. */
const MAX_READ = 1_000;

/** One of so many orders is not damaged, and can be where a page ends. */
const SOME = 10;

const WITHOUT_LONG_FIELDS = { history: 0, idempotency: 0, 'derived.words': 0 };

/** The lists of orders in MongoDB. */
export class MongoOrderLists {
  constructor(
    private readonly documents: Model<OrderDocument>,
    private readonly database: Database,
    private readonly damaged: DamagedDocuments,
    private readonly timeZone: string,
  ) {}

  async list({ after, limit, ...filter }: ListQuery): Promise<ListedPage> {
    const plan = planOf(filter);
    // If all of the index is in the list, a full page ends before it has examined too much.
    const upTo = isEmpty(plan.rest) ? undefined : await this.endOf(plan, after, MAX_EXAMINED);
    const orders: Order[] = [];
    for await (const order of this.matching(plan, filter, { after, upTo }, limit + 1)) {
      if (orders.length === limit) return { orders, next: orders.at(-1) };
      orders.push(order);
    }
    return { orders, next: upTo };
  }

  async count(filter: OrderFilter): Promise<OrderCounts> {
    const plan = planOf(filter);
    const upTo = await this.endOf(plan, undefined, MAX_COUNTED);
    const isUndecided = usesDerivedFields(filter) ? isStale(this.timeZone) : { $literal: false };
    const groups = await this.aggregate<{ _id: { status: string; isUndecided: boolean }; orders: number }>([
      ...stagesOf(plan, { upTo }, this.timeZone),
      { $group: { _id: { status: '$status', isUndecided }, orders: { $sum: 1 } } },
    ]);
    const counts = new Map<string, number>();
    for (const { _id, orders } of groups) if (!_id.isUndecided) counts.set(_id.status, orders);
    if (groups.some(({ _id }) => _id.isUndecided)) {
      for await (const { status } of this.matching(plan, filter, { upTo }, MAX_READ, [
        { $match: { $expr: isUndecided } },
      ])) {
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
    }
    return countsOf(counts, upTo === undefined);
  }

  /**
   * The orders of a stretch that are in the list. It reads on while damaged documents, or stale ones that do not match, leave
   * the result short.
   * @param count how many it reads at first
   */
  private async *matching(
    plan: ListPlan,
    filter: OrderFilter,
    { after, upTo }: Stretch,
    count: number,
    onlyThose: PipelineStage[] = [],
  ): AsyncGenerator<Order, void> {
    const matches = matcherOf(filter);
    for (;;) {
      const documents = await this.aggregate<WithoutHistory>([
        ...stagesOf(plan, { after, upTo }, this.timeZone),
        ...onlyThose,
        { $limit: count },
        { $project: WITHOUT_LONG_FIELDS },
      ]);
      for (const document of documents) {
        const order = this.damaged.read(document._id, () => toStoredOrder(document).order);
        if (order && this.isListed(document, order, matches)) yield order;
      }
      if (documents.length < count) return;
      after = placeAfter(documents);
      count = Math.min(2 * count, MAX_READ);
    }
  }

  private isListed(document: WithoutHistory, order: Order, matches: Matches): boolean {
    return isUpToDate(document, this.timeZone) || matches(order, factsOf(order, this.timeZone));
  }

  /** The place of the last of so many orders of an index; undefined if there are no more. It reads only the index. */
  private async endOf({ index }: ListPlan, after: ListKey | undefined, count: number): Promise<ListKey | undefined> {
    const documents = await this.database.answer(() =>
      this.documents
        .find(inIndex(index, { after }), { _id: 1, dateIssued: 1 })
        .sort(NEWEST_FIRST)
        .skip(count - 1)
        .limit(SOME)
        .lean<Place[]>()
        .exec(),
    );
    const last = documents.find(hasPlace);
    return last && documents.length > 1 ? placeAfter([last]) : undefined;
  }

  private aggregate<T>(stages: PipelineStage[]): Promise<T[]> {
    // Without a size, MongoDB puts 101 documents into its first answer, and a page of 200 takes a second one.
    return this.database.answer(() => this.documents.aggregate<T>(stages).option({ batchSize: MAX_READ }).exec());
  }
}

const isEmpty = (rest: OrderFilter) => Object.keys(rest).length === 0;
