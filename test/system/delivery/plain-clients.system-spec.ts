import { expect, it } from '@jest/globals';
import { TestClient, waitFor } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';

const CLIENTS = 1_000;
const AT_ONCE = 50;

it(`connects and upgrades ${CLIENTS} of ${CLIENTS} clients without options`, async () => {
  const cluster = await startCluster({ gateways: 1 });
  const url = [...cluster.gateways.values()][0] ?? '';
  let upgraded = 0;
  const connectOne = async () => {
    const client = await TestClient.connect(url, { reconnection: false });
    const { engine } = client.socket.io;
    await waitFor(() => engine.transport.name === 'websocket', 'the client to upgrade');
    expect(client.socket.connected).toBe(true);
    client.close();
    upgraded++;
  };
  for (let i = 0; i < CLIENTS; i += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, connectOne));
  expect(upgraded).toBe(CLIENTS);
  await cluster.close();
}, 180_000);
