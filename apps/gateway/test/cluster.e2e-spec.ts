import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Namespace } from 'socket.io';
import { TestClient } from '@galley/testing';
import { Connections } from '../src/connections/connections.js';
import { startGateways, type Gateways } from './gateways.js';

let gateways: Gateways;
let own: TestClient;
let other: TestClient;
let namespace: Namespace;

beforeAll(async () => {
  gateways = await startGateways(['one', 'two']);
  [own, other] = (await Promise.all(gateways.urls.map((url) => TestClient.connect(url)))) as [TestClient, TestClient];
  const found = gateways.apps[0]?.get(Connections, { strict: false }).namespace;
  if (!found) throw new Error('The gateway does not listen');
  namespace = found;
});
afterAll(() => gateways.close());

it('answers for its own sockets what a server may ask of all replicas', async () => {
  expect((await namespace.fetchSockets()).map(({ id }) => id)).toEqual([own.socket.id]);
  expect(await namespace.in('nowhere').fetchSockets()).toEqual([]);
  expect(await namespace.serverSideEmitWithAck('anything')).toEqual([]);
  await expect(namespace.timeout(100).emitWithAck('anything')).rejects.toThrow('timed out');
});

it('changes and reaches only its own sockets', async () => {
  namespace.socketsJoin('somewhere');
  expect((await namespace.in('somewhere').fetchSockets()).map(({ id }) => id)).toEqual([own.socket.id]);
  namespace.socketsLeave('somewhere');
  expect(await namespace.in('somewhere').fetchSockets()).toEqual([]);
  namespace.emit('hello', {});
  await own.event('hello');
  namespace.disconnectSockets(true);
  await new Promise((resolve) => own.socket.once('disconnect', resolve));
  expect(other.socket.connected).toBe(true);
  expect(other.events).toEqual([]);
});
