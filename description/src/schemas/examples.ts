import {
  exampleContent,
  GalleyError,
  ORDER_STATUSES,
  toConnectRefusal,
  toProblem,
  tooManyRequests,
  type ConnectAuth,
  type HistoryEntry,
  type Order,
} from '@galley/contracts';

const POSITION = '00000001c8a4f2d6:42:9b1f6f0e5d7c3a28';
const ISSUED_AT = '2026-12-01T08:30:00.000Z';
const CHANGED_AT = '2026-12-02T10:15:30.250Z';
const ACTOR = { role: 'staff', sub: 'mia' } as const;

const placed: Order = {
  orderId: 'job-1',
  customerId: 'ana',
  ...exampleContent(0),
  dateIssued: ISSUED_AT,
  revision: 1,
  updatedAt: ISSUED_AT,
};

const moved: Order = { ...placed, status: 'In Printing', revision: 2, updatedAt: CHANGED_AT };

const created: HistoryEntry = {
  type: 'created',
  revision: 1,
  timestamp: ISSUED_AT,
  ...exampleContent(0),
  actor: ACTOR,
};

/** What the events of a change have in common. */
const change = {
  orderId: 'job-1',
  revision: 2,
  position: POSITION,
  timestamp: CHANGED_AT,
  message: 'On the press',
  actor: ACTOR,
  note: 'Paper came late',
};

const update = { ...change, status: moved.status, estimatedDate: moved.estimatedDate };
const live = { position: POSITION, live: true };
const liveAgainLater = { position: POSITION, live: false, since: CHANGED_AT };
const storeIsUp = { store: { status: 'up' } };
const feedIsDown = { feed: { status: 'down', reason: 'Redis does not answer' } };

const placing = {
  type: 'place',
  idempotencyKey: 'import-7-1',
  order: { customerId: 'ana', title: 'Annual report', quantity: 500 },
};
const moving = {
  ...{ type: 'change', orderId: 'job-1', ifMatch: 1, idempotencyKey: 'import-7-2' },
  changes: { status: 'In Printing' },
};
const deletion = { type: 'remove', orderId: 'job-2', ifMatch: 4, idempotencyKey: 'import-7-3' };
const conflict = { status: 412, problem: toProblem(new GalleyError('precondition_failed')) };

/** Examples of each component, by its name. */
export const EXAMPLES: Readonly<Partial<Record<string, readonly unknown[]>>> = {
  Actor: [ACTOR, { role: 'system' }],
  Announce: [{ message: 'The press is down until noon' }],
  AnnouncementEvent: [{ message: 'The press is down until noon', timestamp: CHANGED_AT }],
  BatchOperation: [placing, moving, deletion],
  BatchOutcome: [{ status: 201, order: placed }, { status: 204 }, conflict],
  BatchOutcomes: [{ outcomes: [{ status: 201, order: placed }, { status: 200, order: moved }, conflict] }],
  ChangeOperation: [moving],
  ChangeOrder: [
    { status: 'In Printing', message: 'On the press' },
    { estimatedDate: null, note: 'Paper came late' },
    { closed: true },
  ],
  ChangeType: ['updated'],
  CheckResult: [{ status: 'up' }, { status: 'down', reason: 'Redis does not answer' }],
  ConnectAuth: [{ position: POSITION, rooms: [{ orderId: 'job-1' }], feed: true } satisfies ConnectAuth],
  ConnectRefusal: [toConnectRefusal(new GalleyError('token_expired')), toConnectRefusal(tooManyRequests(2_000))],
  ErrorCode: ['invalid_request'],
  EventRefusal: [{ code: 'order_not_found', message: 'There is no order job-2' }],
  FeedEvent: [live, liveAgainLater],
  FieldError: [{ field: 'quantity', message: 'must be a number' }],
  HistoryEntry: [created],
  IssueTrackingLink: [{ expiresIn: 604_800 }, {}],
  JoinedAck: [{ ok: true, data: { rooms: ['order:job-1'] } }],
  JoinRequest: [{ orderId: 'job-1' }, {}],
  LiveReport: [{ status: 'ok' }],
  Order: [placed, { ...moved, closedAt: CHANGED_AT }],
  OrderCounts: [
    { counts: Object.fromEntries(ORDER_STATUSES.map((status, i) => [status, i])), total: 10, isComplete: true },
  ],
  OrderCreatedEvent: [{ ...change, revision: 1, order: placed }],
  OrderDeletedEvent: [{ ...change, revision: 3 }],
  OrderHistory: [{ history: [created] }],
  OrderPage: [{ orders: [placed], nextCursor: 'WyIyMDI2LTEyLTAxIiwiam9iLTEiXQ' }],
  OrderStatus: [placed.status],
  OrderUpdateEvent: [update],
  OrderUpdatedEvent: [{ ...update, order: moved }],
  PlaceOperation: [placing],
  PlaceOrder: [
    { customerId: 'ana', title: 'Annual report', quantity: 500 },
    { ...exampleContent(1), customerId: 'ben', orderId: 'job-2' },
  ],
  Problem: [toProblem(new GalleyError('order_not_found'))],
  ReadyEvent: [{ ...live, recovered: true, replayed: 3, gateway: 'gateway-1', heartbeatMs: 5_000 }],
  ReadyReport: [
    { status: 'ok', info: storeIsUp, error: {}, details: storeIsUp },
    { status: 'error', info: storeIsUp, error: feedIsDown, details: { ...storeIsUp, ...feedIsDown } },
  ],
  RefreshToken: [{ token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtaWEifQ.c2lnbmF0dXJl' }],
  RefusedOutcome: [conflict],
  RemovedOutcome: [{ status: 204 }],
  RemoveOperation: [deletion],
  RefusedAck: [{ ok: false, error: { code: 'order_not_found', message: 'There is no order job-2' } }],
  RenewedAck: [{ ok: true, data: { expiresAt: CHANGED_AT } }],
  ResyncEvent: [{ position: POSITION, reason: 'trimmed' }],
  ResyncReason: ['trimmed'],
  SendBatch: [{ operations: [placing, moving, deletion] }],
  StoredOutcome: [{ status: 200, order: moved }],
  RoomsJoined: [{ rooms: ['order:job-1'] }],
  TokenExpiringEvent: [{ expiresAt: CHANGED_AT }],
  TokenRefreshed: [{ expiresAt: CHANGED_AT }],
  TrackingLink: [
    {
      orderId: 'job-1',
      url: 'https://shop.example/track/job-1#eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJsaW5rIn0.c2lnbmF0dXJl',
      token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJsaW5rIn0.c2lnbmF0dXJl',
      sub: 'link:0198b3c2',
      expiresAt: CHANGED_AT,
    },
  ],
};
