import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { listen } from '@galley/runtime';
import { own, waitFor } from '@galley/testing';
import { createOrdersApi } from '../src/create-app.js';
import { readOrdersApiConfig } from '../src/orders-api.config.js';
import { place } from '../src/store/order-commit.js';
import { OrdersRepository } from '../src/store/orders.repository.js';

const ORDERS = 100_000;
const MAX_MORE_BYTES = 50_000_000;

it('sends 100,000 orders as CSV to a slow reader with flat memory, and reads no further than it takes them', async () => {
  const redis = await EmbeddedRedis.start();
  const app = await createOrdersApi(readOrdersApiConfig({ AUTH: 'open', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' }));
  const repository = app.get(OrdersRepository);
  const request = {
    customerId: 'ana',
    title: 'Annual report '.repeat(10).trim(),
    quantity: 5,
    status: 'Delivery',
  } as const;
  for (let i = 0; i < ORDERS; i++) {
    const now = new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString();
    await repository.insert(place(request, `o${i}`, now));
  }
  await repository.markPublished(
    Array.from({ length: ORDERS }, (_, i) => ({ orderId: `o${i}`, revision: 1, timestamp: new Date(0).toISOString() })),
  );
  const port = await listen(app, { host: '127.0.0.1', port: 0 });
  let pages = 0;
  const list = repository.list.bind(repository);
  repository.list = (query) => {
    pages++;
    return list(query);
  };

  const socket = connect(port, '127.0.0.1');
  own(() => socket.destroy());
  socket.write('GET /orders HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\nConnection: close\r\n\r\n');
  socket.pause();
  await waitFor(() => pages > 0, 'the first page');
  // It reads on until the buffers of the connection are full.
  let before = 0;
  await waitFor(() => {
    const isSame = pages === before;
    before = pages;
    return isSame;
  }, 'the reading to stand still');
  expect(pages).toBeLessThan(ORDERS / 200 / 2);

  const atStart = process.memoryUsage.rss();
  let [most, received, end] = [0, 0, ''];
  socket.on('data', (data) => {
    received += data.toString('latin1').split('\n').length - 1;
    end = data.toString('latin1').slice(-100);
    most = Math.max(most, process.memoryUsage.rss());
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
  socket.resume();
  await waitFor(() => socket.closed, 'the end', 120_000);
  expect(received).toBeGreaterThanOrEqual(ORDERS);
  expect(end).toMatch(/0\r\n\r\n$/);
  expect(pages).toBe(ORDERS / 200);
  expect(most - atStart).toBeLessThan(MAX_MORE_BYTES);
  await app.close();
  await redis.stop();
}, 180_000);
