// Tells who waits for what whenever an order comes to Delivery: where a shop would send a message.
// Usage: node examples/node/deliveries.mjs
import { trackOrders } from '@galley/client';

const url = process.env.GALLEY_URL ?? 'http://localhost:3000';
const tracker = trackOrders({ url, token: process.env.GALLEY_TOKEN, status: ['Delivery'] });

const told = new Set();

function tell({ orderId, customerId, title, quantity, status, closedAt }) {
  if (status !== 'Delivery' || closedAt) told.delete(orderId);
  else if (!told.has(orderId)) {
    told.add(orderId);
    console.log(`${customerId}: ${title}, ${quantity} copies, is on its way`);
  }
}

// `resync` has what the first snapshot brings, and what has changed while this program could not hear it.
tracker.on('resync', ({ added, changed }) => [...added, ...changed].forEach(tell));
tracker.on('created', ({ order }) => tell(order));
tracker.on('updated', ({ order }) => tell(order));
tracker.on('error', ({ message, permanent }) => {
  console.error(message);
  if (permanent) process.exit(1);
});

let connection;
tracker.subscribe(() => {
  if (connection !== tracker.getSnapshot().connection) console.log((connection = tracker.getSnapshot().connection));
});

process.on('SIGINT', () => tracker.close());
