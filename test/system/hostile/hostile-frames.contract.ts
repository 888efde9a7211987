import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestClient, waitFor } from '@galley/testing';
import { frame, RawClient } from '@galley/verification';
import { FATALS, hostile, HOSTILE_AUTHS, type Hostile } from './hostile-frames.js';
import { startProcesses, type Processes } from '../harness/processes.js';

/** What is sent follows from it. */
const SEED = 20_261_125;
/** Malformed messages a visit, of which the last ends it. */
const A_VISIT = 50;
/** How many of the hostile messages of a visit come before a valid one. */
const VALID_EVERY = 10;
const AT_ONCE = 16;

const MAX_CONNECTIONS = 100;
const LINGERING = 20;
const BACK_TO_BASE = 60_000;

/** @param visits connections that each send 50 malformed messages */
export function hostileFramesContract(visits: number): void {
  describe(`${visits * A_VISIT} malformed frames`, () => {
    let processes: Processes;
    let witness: TestClient;
    let base: number;
    const lingering: RawClient[] = [];
    let refusals = 0;
    let changes = 0;

    beforeAll(async () => {
      processes = await startProcesses({ MAX_CONNECTIONS: String(MAX_CONNECTIONS) });
      witness = await TestClient.connect(processes.gatewayUrl, { transports: ['websocket'] });
      base = await processes.gateway.openSockets();
      await processes.orders.place({ orderId: 'watched' });
    }, 60_000);
    afterAll(() => {
      witness.close();
      for (const client of lingering) client.destroy();
      processes.stop();
    });

    /** One connection: hostile messages with valid ones in between, all answered as they should be; then its end. */
    async function visit(number: number, messages: Hostile[]): Promise<void> {
      const client = await RawClient.connect({ url: processes.gatewayUrl });
      const refused: string[] = [];
      const granted: string[] = [];
      messages.forEach(({ frames, isRefused }, i) => {
        const ackId = String(1_000 + i);
        client.send(...frames(ackId));
        if (isRefused) refused.push(ackId);
        if (i % VALID_EVERY !== 0 && i !== messages.length - 1) return;
        const grantedId = String(2_000 + i);
        granted.push(grantedId);
        client.send(frame(`42${grantedId}["joinRoom",{"orderId":"watched"}]`));
      });
      const isAnswered = () => [...refused, ...granted].every((ackId) => client.acks.has(ackId));
      await waitFor(() => isAnswered() || client.hasEnded, 'the answers');
      for (const ackId of refused) expect(client.acks.get(ackId)).toMatchObject({ ok: false });
      for (const ackId of granted) expect(client.acks.get(ackId)).toMatchObject({ ok: true });
      for (const answer of client.acks.values())
        expect(answer).not.toMatchObject({ error: { code: 'internal_error' } });
      refusals += refused.length;

      const fatal = FATALS[number % FATALS.length];
      client.send(...(fatal?.frames ?? []));
      if (fatal?.hangsUp) client.destroy();
      await waitFor(() => client.hasEnded, 'the end of the connection');
    }

    it('need a connection that made sense', async () => {
      for (const auth of HOSTILE_AUTHS) {
        const refused = RawClient.connect({ url: processes.gatewayUrl, auth });
        await expect(refused).rejects.toThrow(/"code":"(invalid_request|too_many_rooms)"/);
      }
    });

    /** The gateway ends connections also of clients that never hang up. */
    it('are refused one by one, and connections end where they must', async () => {
      for (let i = 0; i < LINGERING; i++) {
        const client = await RawClient.connect({ url: processes.gatewayUrl, lingers: true });
        lingering.push(client);
        client.send(frame('', { reserved: 7 }));
      }
      const messages = fc.sample(hostile, { seed: SEED, numRuns: visits * (A_VISIT - 1) });
      let next = 0;
      const visitNext = async () => {
        while (next < visits) {
          const number = next++;
          const first = number * (A_VISIT - 1);
          await visit(number, messages.slice(first, first + A_VISIT - 1)).catch((cause: unknown) => {
            throw new Error(`Visit ${number} of seed ${SEED}, ${FATALS[number % FATALS.length]?.what}`, { cause });
          });
          if (number % 20 === 0) await processes.orders.change('watched', { quantity: ++changes });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, visitNext));
      expect(refusals).toBeGreaterThan(visits * A_VISIT * 0.5);
    }, 900_000);

    it('leave the others with every event, once and in order', async () => {
      const expected = Array.from({ length: changes }, (_, i) => i + 2);
      await waitFor(() => witness.revisions('watched/update').length >= changes, 'the last change');
      expect(witness.revisions('watched/update')).toEqual(expected);
      expect(witness.revisions('orderUpdated')).toEqual(expected);
      expect(witness.connectionEvents.filter(({ name }) => name === 'ready')).toHaveLength(1);
    });

    it('leave no connection behind', async () => {
      const { gateway, gatewayUrl: url } = processes;
      await waitFor(() => lingering.every((client) => client.hasEnded), 'the lingering to be cut off', BACK_TO_BASE);
      await waitFor(async () => (await gateway.openSockets()) <= base, 'the sockets to be gone', BACK_TO_BASE);
      const all = await Promise.all(Array.from({ length: MAX_CONNECTIONS - 1 }, () => RawClient.connect({ url })));
      await expect(RawClient.connect({ url })).rejects.toThrow('429');
      for (const client of all) client.destroy();
    }, 900_000);

    it('end no process and are worth no line of the log', () => {
      for (const program of [processes.gateway, processes.local]) {
        expect(program.isRunning).toBe(true);
        expect(program.errors).toBe('');
      }
    });
  });
}
