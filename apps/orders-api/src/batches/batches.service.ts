import { Injectable, Logger } from '@nestjs/common';
import { demand, type Action } from '@galley/access';
import {
  batchOperation,
  ERRORS,
  GalleyError,
  parseOrRefuse,
  toProblem,
  type BatchOperation,
  type BatchOutcome,
} from '@galley/contracts';
import { type Caller, type NextTurn } from '../access/caller.js';
import { OrdersService, type Conditions } from '../orders/orders.service.js';
import { JointPublication } from '../publication/joint-publication.js';
import { Publisher } from '../publication/publisher.js';

/** How many operations of a batch are under way at a time, each of another order. Other requests need connections to the store, too. */
const MAX_UNDER_WAY = 16;

/** Operations begin within this time: those under way then, and the answer, still fit into what proxies allow a request. */
const BEGIN_WITHIN_MS = 8_000;

const ACTIONS = { place: 'placeOrder', change: 'changeOrder', remove: 'removeOrder' } as const satisfies Record<
  BatchOperation['type'],
  Action
>;

/** Carries out operations by the rules of single requests, and has their changes published together. */
@Injectable()
export class BatchesService {
  private readonly logger = new Logger(BatchesService.name);

  constructor(
    private readonly orders: OrdersService,
    private readonly publisher: Publisher,
  ) {}

  /** @returns the outcome of each operation, in the order of the operations */
  async carryOut(operations: readonly unknown[], caller: Caller, nextTurn: NextTurn): Promise<BatchOutcome[]> {
    const publication = new JointPublication(this.publisher);
    const orders = this.orders.publishingBy(publication);
    const beginBefore = performance.now() + BEGIN_WITHIN_MS;
    const outcomes = new Array<BatchOutcome>(operations.length);
    const queues = queuesOf(operations).values();
    const carryOutQueues = async () => {
      for (const queue of queues) {
        for (const i of queue) {
          await nextTurn();
          outcomes[i] =
            performance.now() < beginBefore ? await this.outcomeOf(operations[i], orders, caller) : refused(tooLate());
        }
      }
    };
    await Promise.all(Array.from({ length: MAX_UNDER_WAY }, carryOutQueues));
    publication.release();
    return outcomes;
  }

  private async outcomeOf(operation: unknown, orders: OrdersService, caller: Caller): Promise<BatchOutcome> {
    try {
      return await carryOut(parseOrRefuse(batchOperation, operation, 'operation'), orders, caller);
    } catch (error) {
      if (error instanceof GalleyError) return refused(error);
      this.logger.error(error, { requestId: caller.requestId });
      return refused(new GalleyError('internal_error'));
    }
  }
}

async function carryOut(operation: BatchOperation, orders: OrdersService, caller: Caller): Promise<BatchOutcome> {
  demand(caller.principal, ACTIONS[operation.type]);
  switch (operation.type) {
    case 'place':
      return { status: 201, order: await orders.place(operation.order, caller, operation.idempotencyKey) };
    case 'change': {
      const { orderId, changes } = operation;
      return { status: 200, order: await orders.change(orderId, changes, caller, conditionsOf(operation)) };
    }
    case 'remove':
      await orders.remove(operation.orderId, caller, conditionsOf(operation));
      return { status: 204 };
  }
}

const conditionsOf = ({ ifMatch, idempotencyKey }: { ifMatch?: number; idempotencyKey?: string }): Conditions => ({
  precondition: ifMatch === undefined ? undefined : (revision) => revision === ifMatch,
  key: idempotencyKey,
});

/** The places of the operations, those of one order together. They are not checked yet. */
function queuesOf(operations: readonly unknown[]): number[][] {
  const queues = new Map<unknown, number[]>();
  for (const [i, operation] of operations.entries()) {
    const { orderId, order } = Object(operation) as { orderId?: unknown; order?: unknown };
    const id = orderId ?? (Object(order) as { orderId?: unknown }).orderId ?? i;
    const queue = queues.get(id);
    if (queue) queue.push(i);
    else queues.set(id, [i]);
  }
  return [...queues.values()];
}

function refused(refusal: GalleyError): BatchOutcome {
  const { retryAfterSeconds } = refusal.options;
  return {
    status: ERRORS[refusal.code].status,
    problem: toProblem(refusal),
    ...(retryAfterSeconds !== undefined && { retryAfter: retryAfterSeconds }),
  };
}

const tooLate = () =>
  new GalleyError('unavailable', 'The operations before took too long: this one was not begun', {
    retryAfterSeconds: 1,
  });
