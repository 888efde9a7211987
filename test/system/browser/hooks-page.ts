/** What the tests read of the page, and do with it. */
export interface HooksPage {
  /** Each rendering of a row, as `<orderId>:<revision>`. */
  rendered: string[];
  /** How long each task took that kept the page from reacting for at least 50 ms, in milliseconds. */
  longTasksMs: number[];
  announcements: string[];
  /** What React says about a page that differs from what the server has sent. */
  hydrationProblems: string[];
  /** Shows these views instead of the present ones: `open`, `printing`, or the id of an order. */
  show: (views: string[]) => void;
  /** How long it took from the last return of the network until the page said `live`, in milliseconds. */
  liveAfterReturnMs?: number;
  /** Renders the page as a server does, and lets React take it over. */
  hydrate: () => string;
}
