import { newestFirst, type Order, type OrderPage } from '@galley/contracts';
import { type TrackerError } from '../src/sync/tracker-error.js';
import { type FetchPage } from '../src/sync/transport.js';

const PAGE_SIZE = 2;

interface Request {
  cursor?: string;
  page?: OrderPage;
  resolve: (page: OrderPage) => void;
  reject: (error: Error) => void;
}

/** The requests of a client for pages. The test decides when a page is read, and when it arrives. */
export class PageRequests {
  private readonly requests = new Set<Request>();

  /**
   * @param orders returns the orders of the list, in its order
   * @param refusal returns what an answer says instead, at present
   */
  constructor(
    private readonly orders: () => readonly Order[],
    private readonly refusal: () => TrackerError | undefined,
  ) {}

  get underWay(): number {
    return this.requests.size;
  }

  readonly fetchPage: FetchPage = (cursor, signal) =>
    new Promise((resolve, reject) => {
      const request: Request = { cursor, resolve, reject };
      this.requests.add(request);
      signal.addEventListener('abort', () => {
        this.requests.delete(request);
        reject(new Error('aborted'));
      });
    });

  /** Reads a page for the first request that has none yet. */
  read(): void {
    const request = [...this.requests].find(({ page }) => page === undefined);
    if (!request) return;
    const [dateIssued = '', orderId = ''] = request.cursor?.split('|') ?? [];
    const left = this.orders().filter((order) => !request.cursor || newestFirst({ dateIssued, orderId }, order) < 0);
    const orders = left.slice(0, PAGE_SIZE);
    const last = left.length > PAGE_SIZE ? orders.at(-1) : undefined;
    request.page = { orders, ...(last && { nextCursor: `${last.dateIssued}|${last.orderId}` }) };
  }

  /** Answers the first request whose page was read, with that page or with a failure. */
  respond(failure?: TrackerError): void {
    const request = [...this.requests].find(({ page }) => failure ?? page);
    if (!request) return;
    this.requests.delete(request);
    const error = this.refusal() ?? failure;
    if (error) request.reject(error);
    else if (request.page) request.resolve(request.page);
  }
}
