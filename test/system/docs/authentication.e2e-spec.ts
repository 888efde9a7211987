import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { freePort, own, Program, TestClient, waitFor } from '@galley/testing';
import { trackOrders, type OrdersTracker } from '@galley/client';
import { io, type Socket } from 'socket.io-client';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { commandsOf, printedIn } from './documents.js';
import { runFragment } from './run-fragment.js';
import { Terminal } from './terminal.js';

/** Runs what is printed in a home folder of its own, and starts Galley with what was exported there. */
class Reader {
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    const HOME = mkdtempSync(join(tmpdir(), 'galley-home-'));
    own(() => {
      rmSync(HOME, { recursive: true });
    });
    this.env = { HOME };
  }

  /** In a terminal before Galley is started. The last command may be `npm start`. */
  async prepare(commands: string): Promise<void> {
    const terminal = new Terminal('', this.env);
    await terminal.set(commands.replace(/^npm start$/m, ''));
    Object.assign(this.env, terminal.env);
  }

  async start(): Promise<[TestCluster, Terminal]> {
    const settings = Object.fromEntries(Object.entries(this.env).filter(([name]) => name.startsWith('AUTH_')));
    const cluster = await startCluster({ gateways: 1, settings: { AUTH: 'required', ...settings } });
    return [cluster, new Terminal(cluster.url, this.env)];
  }
}

it('has a request answered with a token that one secret has signed, and refused without it', async () => {
  const reader = new Reader();
  const [start = '', use = ''] = printedIn('docs/AUTHENTICATION.md', 'With one secret');
  await reader.prepare(start);
  const [{ url }, terminal] = await reader.start();
  expect(JSON.parse(await terminal.run(use))).toEqual({ orders: [] });
  expect((await fetch(`${url}/orders`)).status).toBe(401);
});

it('serves users of a key pair and of an issuer, customers and walls, until they are signed out', async () => {
  const reader = new Reader();
  const [make = ''] = printedIn('docs/AUTHENTICATION.md', 'With a key pair', 'sh');
  await reader.prepare(make);
  const port = String(await freePort());
  const elsewhere = (text: string) => text.replaceAll('localhost:4000', `localhost:${port}`);
  const issuer = new Program('node', ['docs/examples/issuer.mjs', port]);
  await issuer.says('issuer at');
  const [start = '', use = ''] = printedIn('docs/AUTHENTICATION.md', 'With an issuer of your own', 'sh').map(elsewhere);
  await reader.prepare(start);
  const [cluster, terminal] = await reader.start();
  await terminal.set(use.split('\n')[0] ?? '');
  expect(JSON.parse(await terminal.run(use.split('\n')[1] ?? ''))).toEqual({ orders: [] });

  // In programs: as it is printed, with the function that it leaves to the reader.
  const currentToken = () => Promise.resolve(terminal.env.TOKEN ?? '');
  const scope = { io, trackOrders, currentToken };
  const [plain = '', sdk = ''] = printedIn('docs/AUTHENTICATION.md', 'In programs and pages', 'js');
  const { socket } = await runFragment<{ socket: Socket }>(terminal.here(plain), scope, '{ socket }');
  own(() => socket.close());
  const { tracker } = await runFragment<{ tracker: OrdersTracker }>(terminal.here(sdk), scope, '{ tracker }');
  own(tracker.close);
  await waitFor(() => socket.connected && tracker.getSnapshot().connection === 'live', 'both to be connected');

  const [place = '', link = ''] = commandsOf(printedIn('docs/AUTHENTICATION.md', 'For a customer')[0] ?? '');
  await terminal.run(place);
  const { token } = await terminal.json<{ token: string }>(link);
  const asCustomer = await fetch(`${cluster.url}/orders/job-1`, { headers: { authorization: `Bearer ${token}` } });
  expect(asCustomer.status).toBe(200);

  const [end = ''] = printedIn('docs/AUTHENTICATION.md', 'End a session');
  await terminal.run(end);
  await waitFor(() => !socket.connected, 'the socket to be signed out');
  const refused = await TestClient.refused(cluster.url, { auth: { token: terminal.env.TOKEN } });
  expect(refused).toMatchObject({ code: 'signed_out' });
});

it('mints a token for a wall', async () => {
  const reader = new Reader();
  await reader.prepare(printedIn('docs/AUTHENTICATION.md', 'With a key pair', 'sh')[0] ?? '');
  const [{ url }, terminal] = await reader.start();
  const token = (await terminal.run(printedIn('docs/AUTHENTICATION.md', 'For a wall')[0] ?? '')).trim();
  const answer = await fetch(`${url}/orders`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
});
