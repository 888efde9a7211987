import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GalleyError, tooManyRequests } from '@galley/contracts';
import { RecordedAudit } from './recorded-audit.js';
import { StandInConnection, StandInSocket } from './stand-in-connection.js';
import { setAddress } from '../src/connections/engine-internals.js';
import { type GatewaySocket } from '../src/connections/gateway-socket.js';
import { ConnectionLifecycle, type ConnectionStage } from '../src/connections/lifecycle.js';
import { SubscriberStages } from '../src/connections/subscriber-stages.js';

type Refusal = Error & { data?: unknown };

/** The parts of a Socket.IO server that a lifecycle uses. */
class StandInServer extends EventEmitter {
  private middleware?: (socket: GatewaySocket, next: (refusal?: Refusal) => void) => void;

  get asServer(): Server {
    return this as unknown as Server;
  }

  use(middleware: typeof this.middleware): void {
    this.middleware = middleware;
  }

  /** A client asks to connect. @returns why it is refused */
  async connect(client: StandInSocket): Promise<Refusal | undefined> {
    const refusal = await new Promise<Refusal | undefined>((resolve) => {
      this.middleware?.(client.asSocket, resolve);
    });
    if (!refusal) this.emit('connection', client.asSocket);
    return refusal;
  }
}

/** A lifecycle with these stages, and the calls of each stage. */
function scene(...stages: ConnectionStage[]) {
  const calls: string[] = [];
  const audit = new RecordedAudit();
  const server = new StandInServer();
  const recorded = stages.map((stage, i): ConnectionStage => {
    const record = (what: string) => calls.push(`${what} ${i + 1}`);
    return {
      attach: () => record('attach'),
      connecting: (socket) => {
        record('connecting');
        return stage.connecting?.(socket);
      },
      connected: (socket) => {
        record('connected');
        stage.connected?.(socket);
      },
      disconnected: () => record('disconnected'),
    };
  });
  new ConnectionLifecycle(recorded, new SubscriberStages([]), audit).attach(server.asServer);
  return { calls, audit, connect: (client: StandInSocket) => server.connect(client) };
}

/** The logged errors. */
const logged: unknown[] = [];

beforeEach(() => {
  const ignore = () => undefined;
  Logger.overrideLogger({ log: ignore, warn: ignore, error: (message: unknown) => logged.push(message) });
});
afterEach(() => {
  Logger.overrideLogger(['fatal']);
  logged.length = 0;
});

/** A stage that waits until a decision is `made`. */
const pending = (decision: EventEmitter): ConnectionStage => ({
  connecting: async () => {
    await once(decision, 'made');
  },
});

const refuse = (error: Error): ConnectionStage => ({ connecting: () => Promise.reject(error) });

it('takes a client through all stages in their order', async () => {
  const { calls, connect } = scene({}, { connecting: () => Promise.resolve() }, {});
  expect(calls).toEqual(['attach 1', 'attach 2', 'attach 3']);
  expect(await connect(new StandInSocket())).toBeUndefined();
  expect(calls.slice(3)).toEqual([
    ...['connecting 1', 'connecting 2', 'connecting 3'],
    ...['connected 1', 'connected 2', 'connected 3'],
  ]);
});

it('begins a stage only after the one before it has let the client pass', async () => {
  const decision = new EventEmitter();
  const { calls, connect } = scene(pending(decision), {});
  const answered = connect(new StandInSocket());
  await new Promise(setImmediate);
  expect(calls).not.toContain('connecting 2');
  decision.emit('made');
  await answered;
  expect(calls).toContain('connecting 2');
});

it('skips stages without a hook', async () => {
  const server = new StandInServer();
  new ConnectionLifecycle([{}, {}], new SubscriberStages([{}, {}]), new RecordedAudit()).attach(server.asServer);
  const client = new StandInSocket();
  expect(await server.connect(client)).toBeUndefined();
  client.goAway('transport close');
  expect(client.conn.ended).toBeUndefined();
});

describe('a client that a stage refuses', () => {
  it('reaches no later stage', async () => {
    const { calls, connect } = scene({}, refuse(new GalleyError('forbidden')), {});
    await connect(new StandInSocket());
    expect(calls.slice(3)).toEqual(['connecting 1', 'connecting 2']);
  });

  it('gets the code of the refusal, and learns that it should not try again', async () => {
    const { connect } = scene(refuse(new GalleyError('forbidden', 'Not this one')));
    const refusal = await connect(new StandInSocket());
    expect(refusal).toMatchObject({ message: 'Not this one' });
    expect(refusal?.data).toEqual({ code: 'forbidden', message: 'Not this one', retryable: false });
  });

  it('gets the seconds after which it may try again, if they are known', async () => {
    const { connect } = scene(refuse(tooManyRequests(2_500)));
    const refusal = await connect(new StandInSocket());
    expect(refusal?.data).toMatchObject({ code: 'too_many_requests', retryable: true, retryAfter: 3 });
  });

  it('is audited with its address, and not logged as an error', async () => {
    const { audit, connect } = scene(refuse(new GalleyError('token_invalid')));
    const client = new StandInSocket();
    setAddress(client.conn.asConnection, '192.0.2.1');
    await connect(client);
    expect(audit.entries).toEqual([{ action: 'connect', refused: 'token_invalid', address: '192.0.2.1' }]);
    expect(logged).toEqual([]);
  });

  it('may ask again on the same connection', async () => {
    const outcomes = [Promise.reject(new GalleyError('unavailable')), Promise.resolve()];
    const { connect } = scene({ connecting: () => outcomes.shift() });
    const connection = new StandInConnection();
    const refusal = await connect(new StandInSocket(undefined, connection));
    expect(refusal?.data).toMatchObject({ code: 'unavailable' });
    expect(await connect(new StandInSocket(undefined, connection))).toBeUndefined();
    expect(connection.ended).toBeUndefined();
  });
});

describe('a client at which a stage fails', () => {
  it('gets internal_error without the cause, which is logged', async () => {
    const cause = new Error('a secret of the database');
    const { audit, connect } = scene(refuse(cause), {});
    const refusal = await connect(new StandInSocket());
    expect(refusal?.data).toMatchObject({ code: 'internal_error', retryable: true });
    expect(JSON.stringify([refusal?.message, refusal?.data])).not.toContain('secret');
    expect(logged).toEqual([cause]);
    expect(audit.entries).toMatchObject([{ refused: 'internal_error' }]);
  });
});

describe('a connection', () => {
  it('is cut when its client asks again before it is answered', async () => {
    const decision = new EventEmitter();
    const { calls, connect } = scene(pending(decision));
    const connection = new StandInConnection();
    const first = connect(new StandInSocket(undefined, connection));
    expect(connection.ended).toBeUndefined();
    void connect(new StandInSocket(undefined, connection));
    expect(connection.ended).toBe('cut');
    decision.emit('made');
    await first;
    expect(calls.filter((name) => name === 'connecting 1')).toHaveLength(1);
  });

  it('is left alone when its client reconnects after it was accepted', async () => {
    const { connect } = scene({});
    const connection = new StandInConnection();
    const first = new StandInSocket(undefined, connection);
    await connect(first);
    first.goAway('server namespace disconnect');
    expect(await connect(new StandInSocket(undefined, connection))).toBeUndefined();
    expect(connection.ended).toBeUndefined();
  });

  it('is cut once its client has left, because the client would otherwise keep it open', async () => {
    const { calls, connect } = scene({}, {});
    const client = new StandInSocket();
    await connect(client);
    client.goAway('client namespace disconnect');
    expect(client.conn.ended).toBe('cut');
    expect(calls.slice(-2)).toEqual(['disconnected 1', 'disconnected 2']);
  });
});

describe('a client that is gone', () => {
  it('reaches no later stage when a stage disconnects it, and is then reported to all stages', async () => {
    const { calls, connect } = scene({}, { connected: (socket) => socket.disconnect(true) }, {});
    await connect(new StandInSocket());
    expect(calls.slice(6)).toEqual([
      ...['connected 1', 'connected 2'],
      ...['disconnected 1', 'disconnected 2', 'disconnected 3'],
    ]);
  });

  it('is reported to all stages once', async () => {
    const { calls, connect } = scene({}, {});
    const client = new StandInSocket();
    await connect(client);
    client.conn.lose();
    expect(calls.slice(-3)).toEqual(['connected 2', 'disconnected 1', 'disconnected 2']);
    expect(client.conn.ended).toBeUndefined();
  });
});
