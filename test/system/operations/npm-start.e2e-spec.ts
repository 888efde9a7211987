import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, OrdersClient, Program, SilentServer, TestClient, waitFor } from '@galley/testing';

/** The tests run `npm start` in its own processes, as a newcomer does. */
describe('npm start', () => {
  const running: Program[] = [];

  afterEach(() => {
    for (const program of running.splice(0)) program.kill('SIGKILL');
  });

  function run(command: string, args: string[], env?: NodeJS.ProcessEnv): Program {
    const program = new Program(command, args, env);
    running.push(program);
    return program;
  }
  const start = (env: NodeJS.ProcessEnv) => run('node', ['apps/local/start.mjs'], env);

  it('starts a live cluster that stops cleanly on Ctrl-C', async () => {
    const local = start({ PORT: '0' });
    await local.says('Stop with Ctrl-C.');
    const url = /http:\/\/localhost:\d+/.exec(local.output)?.[0] ?? '';
    const client = await TestClient.connect(url);
    await new OrdersClient(url).place({ orderId: 'hello' });
    expect(await client.event('orderCreated')).toMatchObject({ orderId: 'hello' });
    local.kill('SIGINT');
    expect(await local.exitCode()).toBe(0);
    client.close();
  });

  it('runs the examples of the documentation unchanged', async () => {
    const local = start({ PORT: '0' });
    await local.says('Stop with Ctrl-C.');
    const [, example = '', url = ''] = /node (\S+) (http\S+)/.exec(local.output) ?? [];
    const watcher = run('node', [example, url]);
    const follower = run('node', ['docs/examples/follow.mjs', 'job-1', url]);
    const [curl = ''] = /curl -N \S+/.exec(local.output) ?? [];
    const reader = run('sh', ['-c', `exec ${curl}`]);
    await watcher.says('connected');
    await reader.says('event: ready');
    await follower.says('following job-1');
    const orders = new OrdersClient(url);
    await orders.place({ orderId: 'job-1' });
    await orders.change('job-1', { status: 'In Printing', message: 'On the press' });
    await watcher.says('job-1/update');
    await reader.says('event: job-1/update');
    await follower.says('In Printing On the press');
    expect(watcher.output).toMatch(/orderCreated .*\norderUpdated .*\njob-1\/update /);
    expect((await fetch(`${url}/socket.io/socket.io.js`)).status).toBe(200);
  });

  it('prints commands that get a token and send it, where one is needed', async () => {
    const tokens = { AUTH_JWT_SECRET: randomBytes(32).toString('hex') };
    const local = start({ PORT: '0', ...tokens });
    await local.says('Stop with Ctrl-C.');
    const printed = (what: RegExp) => what.exec(local.output)?.[0] ?? '';
    const runPrinted = (command: string) =>
      run('sh', ['-c', `${printed(/export GALLEY_TOKEN=.*/)} && exec ${command}`], tokens);
    await runPrinted(printed(/node .*/)).says('connected', 60_000);
    await runPrinted(printed(/curl -N .*/)).says('event: ready', 60_000);
    const place = runPrinted(printed(/curl \S+\/orders [^]*?}'/));
    expect(await place.exitCode()).toBe(0);
    expect(place.output).toContain('"orderId":"job-1"');
  });

  it('accepts the page of the documentation as its example serves it, and not as a file', async () => {
    const local = start({ PORT: '0' });
    await local.says('Stop with Ctrl-C.');
    const url = /http:\/\/localhost:\d+/.exec(local.output)?.[0] ?? '';
    const server = run('node', ['docs/examples/serve.mjs', '0']);
    await server.says('open http://');
    const [page = ''] = /http:\S+/.exec(server.output) ?? [];
    expect(await (await fetch(page)).text()).toBe(readFileSync('docs/examples/board.html', 'utf8'));
    const script = await fetch(`${url}/socket.io/socket.io.js`);
    expect([script.status, script.headers.get('cross-origin-resource-policy')]).not.toEqual([200, 'same-origin']);
    const origin = (text: string) => ({ transports: ['websocket'], extraHeaders: { origin: text } });
    await TestClient.connect(url, origin(new URL(page).origin));
    expect(await TestClient.refused(url, origin('null'))).toMatchObject({ code: 'forbidden' });
  });

  it('lets the page with EventSource read as its example serves it, and not as a file', async () => {
    const local = start({ PORT: '0' });
    await local.says('Stop with Ctrl-C.');
    const url = /http:\/\/localhost:\d+/.exec(local.output)?.[0] ?? '';
    const server = run('node', ['docs/examples/serve.mjs', '0', 'changes.html']);
    await server.says('open http://');
    const [page = ''] = /http:\S+/.exec(server.output) ?? [];
    expect(await (await fetch(page)).text()).toBe(readFileSync('docs/examples/changes.html', 'utf8'));
    const read = async (origin: string) => {
      const { status, headers, body } = await fetch(`${url}/changes`, { headers: { origin } });
      await body?.cancel();
      return [status, headers.get('access-control-allow-origin')];
    };
    const { origin } = new URL(page);
    expect(await read(origin)).toEqual([200, origin]);
    expect(await read('null')).toEqual([403, null]);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', 'is taken. Stop what uses it, or choose another port: PORT=3100 npm start'],
    ['0.0.0.0', '127.0.0.1', 'is taken. Stop what uses it, or choose another port: PORT=3100 npm start'],
    ['127.0.0.1', '0.0.0.0', 'is taken. Stop what uses it, or choose another port: PORT=3100 npm start'],
    ['::1', '::1', 'is taken. Stop what uses it, or choose another port: PORT=3100 npm start'],
    [
      '::1',
      undefined,
      'of IPv6, and would get what is sent to localhost. Stop it, or choose another port: PORT=3100 npm start',
    ],
  ])('says that its port is taken: by %s, with HOST=%s', async (squattedHost, host, sentence) => {
    const squatter = createServer().listen(0, squattedHost);
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const local = start({ PORT: String(port), HOST: host, npm_lifecycle_event: 'start' });
    expect(await local.exitCode()).toBe(1);
    expect(local.output.trim()).toMatch(new RegExp(`^(Port|Another program has port) ${port} ${sentence}$`));
    squatter.close();
  });

  it.each([['203.0.113.1'], ['galley.invalid']])('says that it cannot listen at HOST=%s', async (host) => {
    const local = start({ PORT: String(await freePort()), HOST: host });
    expect(await local.exitCode()).toBe(1);
    expect(local.output.trim()).toMatch(
      /^Galley cannot listen at HOST=\S+ \(\w+\): it must be an address of this machine$/,
    );
  });

  it('says which version of Node it needs', async () => {
    const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.4'})";
    const local = run('node', ['--import', old, 'apps/local/start.mjs'], { PORT: '0' });
    expect(await local.exitCode()).toBe(1);
    expect(local.output.trim()).toBe('Galley needs Node 20.19 or newer, and this is Node 18.20.4');
  });

  it('says once that it is open to everybody, without colour codes in a file', async () => {
    const local = start({ PORT: '0', GATEWAYS: '3', FORCE_COLOR: undefined });
    await local.says('Stop with Ctrl-C.');
    expect(local.output.match(/OPEN TO EVERYBODY/g)).toHaveLength(1);
    expect(local.output).not.toContain('\u001b[');
  });

  it('names the variables that are wrong', async () => {
    const local = start({ PORT: 'three', REDIS_URL: 'localhost' });
    expect(await local.exitCode()).toBe(1);
    expect(local.output).toContain('PORT: must be a whole number from 0 to 65535');
    expect(local.output).toContain('REDIS_URL: must be a URL such as redis://localhost:6379');
  });

  it('says that the configured Redis does not answer', async () => {
    const local = start({ PORT: '0', REDIS_URL: 'redis://:secret@127.0.0.1:1' });
    expect(await local.exitCode()).toBe(1);
    expect(local.output).toContain('Redis does not answer at 127.0.0.1:1');
    expect(local.output).not.toContain('secret');
  });

  it.each([
    ['orders-api', {}],
    ['gateway', { GATEWAY_NAME: 'solo' }],
  ])('%s runs in its own process, and stops with code 0 on SIGTERM', async (app, env) => {
    const local = start({ PORT: '0' });
    await local.says('Stop with Ctrl-C.');
    const redisUrl = /redis:\/\/\S+/.exec(local.output)?.[0];
    const port = String(await freePort());
    const child = run('node', [`apps/${app}/dist/main.js`], {
      ...env,
      AUTH: 'open',
      REDIS_URL: redisUrl,
      PORT: port,
    });
    const health = new OrdersClient(`http://127.0.0.1:${port}`);
    await waitFor(async () => (await health.send('GET', '/health/ready')).status === 200, `${app} to be ready`);
    child.kill('SIGTERM');
    expect(await child.exitCode()).toBe(0);
  });

  it('an app stops with code 0 on SIGTERM even while it waits for its database', async () => {
    const silent = await SilentServer.start();
    const child = run('node', ['apps/orders-api/dist/main.js'], {
      AUTH: 'open',
      REDIS_URL: 'redis://127.0.0.1:1',
      MONGODB_URI: `mongodb://${silent.address}/galley`,
    });
    await waitFor(() => silent.accepted > 0, 'the app to ask for its database');
    child.kill('SIGTERM');
    expect(await child.exitCode()).toBe(0);
  });
});
