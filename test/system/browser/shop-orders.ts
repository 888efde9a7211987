import { ORDER_STATUSES, type OrderStatus, type PlaceOrderInput } from '@galley/contracts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The orders of a print shop on an ordinary day, by stage. */
const JOBS: Record<
  OrderStatus,
  [orderId: string, title: string, customerId: string, quantity: number, dueInDays: number][]
> = {
  'In Production': [
    ['GL-2431', 'Exhibition catalogue “Küste”', 'Museum Sandtor', 1_200, -1],
    ['GL-2440', 'Menu cards, spring', 'Café Lumen', 350, 1],
    ['GL-2443', 'Concert poster A1', 'Halle Neun', 180, 3],
    ['GL-2446', 'Letterhead, second language', 'Kanzlei Brandt & Yilmaz', 5_000, 6],
    ['GL-2449', 'Wall calendar 2027', 'Stadtwerke Ostufer', 2_400, 14],
  ],
  'In Printing': [
    ['GL-2418', 'Annual report', 'Nordlicht Verlag', 1_500, -3],
    ['GL-2433', 'Packaging sleeves, dark roast', 'Rösterei Hafen', 8_000, 0],
    ['GL-2436', 'Programme booklet, winter season', 'Theater am Kai', 900, 1],
    ['GL-2442', 'Seed packets, 12 kinds', 'Gärtnerei Immergrün', 24_000, 9],
  ],
  'In Binding': [
    ['GL-2409', 'Poetry, volume IV', 'Edition Halbmond', 600, -2],
    ['GL-2427', 'Field guide to mosses', 'Nordlicht Verlag', 3_200, 1],
    ['GL-2438', 'Score for string quartet', 'Musikhaus Arendt', 75, 5],
  ],
  Packaging: [
    ['GL-2421', 'Wedding invitations, letterpress', 'Lindgren & Okafor', 140, 0],
    ['GL-2429', 'School yearbook', 'Gymnasium Weidenau', 420, 1],
    ['GL-2435', 'Loyalty cards, round corners', 'Café Lumen', 2_000, 2],
  ],
  Delivery: [
    ['GL-2402', 'Trail map, waterproof', 'Alpenverein Sonnstein', 5_500, -1],
    ['GL-2415', 'Product folders', 'Werkstatt Toivo', 1_000, 0],
    ['GL-2424', 'Magazine “Ufer”, issue 31', 'Verein Flussbad', 2_800, 1],
  ],
};

const IN_A_HURRY = ['GL-2418', 'GL-2421', 'GL-2440'];

export const SHOP_ORDERS: readonly Partial<PlaceOrderInput>[] = ORDER_STATUSES.flatMap((status) =>
  JOBS[status].map(([orderId, title, customerId, quantity, dueInDays], index) => ({
    ...{ orderId, title, customerId, quantity, status },
    estimatedDate: new Date(Date.now() + dueInDays * DAY_MS).toISOString().slice(0, 10),
    dateIssued: new Date(Date.now() - (16 * DAY_MS - index * HOUR_MS)).toISOString(),
    ...(IN_A_HURRY.includes(orderId) && { rush: true }),
  })),
);
