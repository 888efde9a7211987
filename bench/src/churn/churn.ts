import { sleep } from '../load/clock.js';
import { type ChurningClient } from './churning-client.js';

/** Milliseconds between two joins or leaves. */
const ACT_EVERY = { least: 3_000, most: 6_000 };
/** How often a client joins or leaves before it goes away, and milliseconds until it comes back. */
const ACTS = { least: 2, most: 4 };
const AWAY_MS = { least: 2_000, most: 10_000 };
const MOST_FOLLOWS = 3;
/** Clients come over so many milliseconds at the beginning. */
const COME_WITHIN_MS = 20_000;

/** Some orders may have been deleted meanwhile. */
type Orders = () => readonly string[];

const between = ({ least, most }: { least: number; most: number }) => least + Math.random() * (most - least);

const oneOf = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(Math.random() * items.length)];

/** Has a client come, follow and leave orders, go away and come back, until `isOver`. It is away in the end. */
export async function churn(client: ChurningClient, orders: Orders, isOver: () => boolean): Promise<void> {
  await sleep(Math.random() * COME_WITHIN_MS);
  while (!isOver()) {
    await client.connect();
    for (let acts = Math.round(between(ACTS)); acts > 0 && !isOver(); acts--) {
      await act(client, orders);
      await sleep(between(ACT_EVERY));
    }
    client.goAway();
    await sleep(between(AWAY_MS));
  }
}

async function act(client: ChurningClient, orders: Orders): Promise<void> {
  const followed = client.orderIds;
  const leaves = followed.length === MOST_FOLLOWS || (followed.length > 1 && Math.random() < 0.5);
  const orderId = oneOf(leaves ? followed : orders());
  if (orderId === undefined || (!leaves && followed.includes(orderId))) return;
  await (leaves ? client.leave(orderId) : client.join(orderId));
}
