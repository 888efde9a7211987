import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InstalledPackage } from './installed-package.js';

let installed: InstalledPackage;

beforeAll(async () => {
  installed = await InstalledPackage.create();
}, 120_000);
afterAll(() => installed.remove());

const TYPED_PROGRAM = `
  import { io, type Socket } from 'socket.io-client';
  import {
    ORDER_STATUSES, TrackerError, trackOrders,
    type Ack, type Actor, type ClientToServerEvents, type Order, type OrdersTracker, type OrderStatus,
    type OrderUpdatedEvent, type Problem, type RoomsJoined, type ServerToClientEvents,
  } from '@galley/client';
  import { createClient, trackOrders as readOrders, TrackerError as ReadError, type OrdersState } from '@galley/client/read';
  import { useOrders } from '@galley/client/react';

  const useIds = (): string[] => useOrders({ status: ['Delivery'] }).orders.map(({ orderId }) => orderId);

  const tracker: OrdersTracker = trackOrders({ url: 'http://127.0.0.1:1', status: 'Delivery' });
  const who = ({ actor, note }: OrderUpdatedEvent): [Actor | undefined, string | undefined] => [actor, note];
  const isHurried = ({ rush, closedAt }: Order): boolean => rush === true && closedAt === undefined;
  tracker.on('updated', (event) => [who(event), isHurried(event.order)]);
  const titles: string[] = tracker.getSnapshot().orders.map(({ title }) => title);
  tracker.on('updated', ({ revision }) => titles.push(String(revision satisfies number)));
  // @ts-expect-error: there is no such state
  if (tracker.getSnapshot().connection === 'connected') tracker.close();
  // @ts-expect-error: there is no such status
  const lost: OrderStatus = 'Lost';

  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io('http://127.0.0.1:1', { autoConnect: false });
  socket.on('orderCreated', ({ order }) => titles.push(order.title));
  socket.on('job-1/update', ({ status }) => titles.push(status));
  socket.emit('joinRoom', { orderId: 'job-1' }, (answer: Ack<RoomsJoined>) => {
    if (answer.ok) titles.push(...answer.data.rooms);
    else titles.push(answer.error.code);
  });
  // @ts-expect-error: there is no such event
  socket.emit('joinRooms');
  const say = ({ code, detail, retryable }: Problem): string => code === 'order_closed' ? detail : String(retryable);

  const wall = readOrders({ url: 'http://127.0.0.1:1', status: 'Delivery' });
  const shown: OrdersState = tracker.getSnapshot();
  // @ts-expect-error: it only reads
  wall.move?.('job-1', 'Delivery');
  // @ts-expect-error: it shows no edits
  wall.getSnapshot().pending;
  // @ts-expect-error: it takes none back
  const onRefused = () => wall.on('refused', () => undefined);
  // @ts-expect-error: a tracker of one order cannot read and close it
  const closeOrder = () => createClient({ url: 'http://127.0.0.1:1' }).trackOrder('job-1').close('job-1');
  wall.close();
  console.log(typeof onRefused, typeof closeOrder, shown.orders.length, ReadError === TrackerError);

  console.log(tracker.getSnapshot().connection, ORDER_STATUSES.length, typeof say, typeof lost, typeof useIds);
  tracker.close();
`;

interface Setting {
  name: string;
  extension: 'ts' | 'mts' | 'cts';
  options: string[];
  /** The file that Node can run. A bundler's output needs a bundler. */
  output?: string;
}

const SETTINGS: Setting[] = [
  { name: 'node16, ES modules', extension: 'mts', options: ['--module', 'node16'], output: 'program.mjs' },
  { name: 'node16, CommonJS', extension: 'cts', options: ['--module', 'node16'], output: 'program.cjs' },
  { name: 'nodenext', extension: 'ts', options: ['--module', 'nodenext'], output: 'program.js' },
  { name: 'bundler', extension: 'ts', options: ['--module', 'preserve', '--moduleResolution', 'bundler'] },
  {
    name: 'commonjs with node10 and esModuleInterop',
    extension: 'cts',
    options: '--module commonjs --moduleResolution node10 --esModuleInterop --ignoreDeprecations 6.0'.split(' '),
    output: 'program.cjs',
  },
];

it.each(SETTINGS)('has types for a program and runs in it: $name', async ({ extension, options, output }) => {
  await installed.write(`program.${extension}`, TYPED_PROGRAM);
  // Without --skipLibCheck and the types of Node: the package's own types must do in a browser's program.
  const common = ['--strict', '--target', 'es2022', '--lib', 'es2022,dom'];
  expect(await installed.tool('typescript/bin/tsc', ...common, ...options, `program.${extension}`)).toBe('');
  if (output !== undefined)
    expect(await installed.node(output)).toBe('function function 0 true\noffline 5 function string function\n');
});

const SERVER = `
  const page = () => createElement('p', null, useConnection(), ' ', useOrders().orders.length);
  console.log(renderToString(createElement(GalleyProvider, { url: 'http://127.0.0.1:1' }, createElement(page))));
`;

it.each([
  ['an ES module', 'server.mjs', (names: string, from: string) => `import ${names} from '${from}';`],
  ['CommonJS', 'server.cjs', (names: string, from: string) => `const ${names} = require('${from}');`],
])('renders on a server as %s, and connects to nothing', async (_kind, file, load) => {
  const imports = [
    load('{ createElement }', 'react'),
    load('{ renderToString }', 'react-dom/server'),
    load('{ GalleyProvider, useConnection, useOrders }', '@galley/client/react'),
  ];
  await installed.write(file, imports.join('\n') + SERVER);
  // It would not end with an open connection.
  expect(await installed.node(file)).toBe('<p>offline<!-- --> <!-- -->0</p>\n');
});

describe('the package', () => {
  it('neither needs zod nor has the word', async () => {
    for (const file of await installed.files()) {
      expect([file, await readFile(join(installed.path, file), 'utf8')]).toEqual([
        file,
        expect.not.stringMatching(/zod/i),
      ]);
    }
  });

  it('has a README, a CHANGELOG, and the LICENSE of the project', async () => {
    expect(await installed.files()).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md']));
    expect(await readFile(join(installed.path, 'LICENSE'), 'utf8')).toBe(await readFile('LICENSE', 'utf8'));
  });

  it('has source maps with the sources inside', async () => {
    const maps = (await installed.files()).filter((file) => file.endsWith('.map'));
    expect(maps).not.toEqual([]);
    for (const file of maps) {
      const map = JSON.parse(await readFile(join(installed.path, file), 'utf8')) as Record<string, unknown[]>;
      expect(map.sourcesContent).toHaveLength(map.sources?.length ?? NaN);
    }
  });

  it('explains its types in comments', async () => {
    const files = (await installed.files()).filter((file) => file.endsWith('.d.ts'));
    const types = (await Promise.all(files.map((file) => readFile(join(installed.path, file), 'utf8')))).join('\n');
    expect(types).toContain('/** How many copies to print. */');
    expect(types).toContain('An RFC 9457 problem document');
  });

  it('is no larger than .size-limit.json allows', async () => {
    const sizeLimit = [join(process.cwd(), 'node_modules/size-limit/bin.js'), '--json'];
    const { stdout } = await promisify(execFile)('node', sizeLimit, { cwd: 'libs/client' });
    expect(JSON.parse(stdout)).toEqual(
      ['read', 'everything', 'react'].map((name) =>
        expect.objectContaining({ name: expect.stringContaining(name), passed: true }),
      ),
    );
  });

  it('is resolved as it should be by each kind of program (attw)', async () => {
    expect(await installed.tool('@arethetypeswrong/cli/dist/index.js', installed.tarball)).toContain(
      'No problems found',
    );
  });

  it('follows the rules of npm packages (publint)', async () => {
    const strict = ['--strict', '--pack', 'false', installed.path];
    expect(await installed.tool('publint/src/cli.js', ...strict)).toContain('All good!');
  });
});
