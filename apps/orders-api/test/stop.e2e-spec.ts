import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { listen } from '@galley/runtime';
import { aPlaceOrder, waitFor } from '@galley/testing';
import { createOrdersApi } from '../src/create-app.js';
import { readOrdersApiConfig } from '../src/orders-api.config.js';

it('finishes requests that are under way when it stops, and answers new ones on an open connection', async () => {
  const redis = await EmbeddedRedis.start();
  const app = await createOrdersApi(readOrdersApiConfig({ AUTH: 'open', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' }));
  const port = await listen(app, { host: '127.0.0.1', port: 0 });
  const body = JSON.stringify(aPlaceOrder());
  const request = `POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (data) => (received += data.toString()));
  socket.write(request);
  await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok, 'the request to have come');
  const closed = app.close();
  await waitFor(
    () =>
      fetch(`http://127.0.0.1:${port}/health/live`).then(
        () => false,
        () => true,
      ),
    'the port to be closed',
  );
  socket.write(body);
  await once(socket, 'close');
  expect(received).toMatch(/^HTTP\/1\.1 201 /);
  expect(received.toLowerCase()).toContain('connection: close');
  await closed;
  await redis.stop();
});
