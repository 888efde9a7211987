import { ORDER_STATUSES, type NewOrder, type Order } from '@galley/client';
import { currentTime } from '../page/now.js';
import { type PlacingTracker } from '../moves/edits.js';

const DAY_MS = 86_400_000;
/** The pause between two things that happen. */
const STEP_MS = 900;

const JOBS: readonly [title: string, customer: string, quantity: number][] = [
  ['Exhibition catalogue “Küste”', 'Museum Sandtor', 1_200],
  ['Menu cards, spring', 'Café Lumen', 350],
  ['Concert poster A1', 'Halle Neun', 180],
  ['Letterhead, second language', 'Kanzlei Brandt & Yilmaz', 5_000],
  ['Wall calendar 2027', 'Stadtwerke Ostufer', 2_400],
  ['Annual report', 'Nordlicht Verlag', 1_500],
  ['Packaging sleeves, dark roast', 'Rösterei Hafen', 8_000],
  ['Programme booklet, winter season', 'Theater am Kai', 900],
  ['Seed packets, 12 kinds', 'Gärtnerei Immergrün', 24_000],
  ['Poetry, volume IV', 'Edition Halbmond', 600],
  ['Field guide to mosses', 'Nordlicht Verlag', 3_200],
  ['Score for string quartet', 'Musikhaus Arendt', 75],
  ['Wedding invitations, letterpress', 'Lindgren & Okafor', 140],
  ['School yearbook', 'Gymnasium Weidenau', 420],
  ['Loyalty cards, round corners', 'Café Lumen', 2_000],
  ['Trail map, waterproof', 'Alpenverein Sonnstein', 5_500],
  ['Product folders', 'Werkstatt Toivo', 1_000],
  ['Magazine “Ufer”, issue 31', 'Verein Flussbad', 2_800],
];

/** Days from today to the expected date, one after another: some orders are late from the beginning. */
const DUE_IN_DAYS = [-1, 1, 2, 6, 14, -3, 0, 1, 9, -2, 1, 5];

/** The `n`-th order of a day, counted from 0. */
export function jobOf(n: number, now: number): NewOrder {
  const [title = '', customerId = '', quantity = 1] = JOBS[n % JOBS.length] ?? [];
  const dueInDays = DUE_IN_DAYS[n % DUE_IN_DAYS.length] ?? 0;
  const estimatedDate = new Date(now + dueInDays * DAY_MS).toISOString().slice(0, 10);
  return { title, customerId, quantity, estimatedDate, ...(n % 5 === 1 && { rush: true }) };
}

/** The ids of the orders of demo days begin with this, so that nothing is played with those of the shop. */
const PREFIX = 'demo-day-';

export const isOfDemoDay = ({ orderId }: Pick<Order, 'orderId'>): boolean => orderId.startsWith(PREFIX);

/** Plays a day of a print shop, an order or a move at a time, until the function that it returns is called. */
export function playDay(tracker: () => PlacingTracker, orders: () => readonly Order[]): () => void {
  const begunAt = currentTime();
  let placed = 0;
  let steps = 0;
  const step = () => {
    steps++;
    const own = orders().filter(isOfDemoDay);
    const order = own.at(-1 - ((steps * 7) % Math.max(1, own.length)));
    // A full board first, then a new order for each that has left it.
    if (own.length < JOBS.length || !order) {
      const orderId = `${PREFIX}${begunAt.toString(36)}-${placed}`;
      tracker().place({ ...jobOf(placed++, currentTime()), orderId });
      return;
    }
    const { orderId, status, rush } = order;
    const next = ORDER_STATUSES[ORDER_STATUSES.indexOf(status) + 1];
    if (steps % 41 === 0) tracker().remove(orderId);
    else if (steps % 13 === 0) tracker().change(orderId, { rush: rush ? null : true });
    else if (next) tracker().move(orderId, next);
    else tracker().change(orderId, { closed: true });
  };
  step();
  const timer = setInterval(step, STEP_MS);
  return () => {
    clearInterval(timer);
  };
}
