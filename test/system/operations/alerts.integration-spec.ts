import { beforeAll, describe, expect, it } from '@jest/globals';
import { own, waitFor } from '@galley/testing';
import { alertRules } from '../harness/alert-rules.js';
import { dashboardQueries } from '../harness/dashboard.js';
import { Prometheus } from '../harness/prometheus.js';
import { type Incident, type Sight } from './rehearsal/incident.js';
import { replicaIncidents } from './rehearsal/replica-incidents.js';
import { sharedIncidents } from './rehearsal/shared-incidents.js';
import { openShop, openStreams, type Shop } from './rehearsal/shop.js';

/** `ALERTS=full` keeps the durations of the alerts as they are, and is healthy for 10 minutes first. */
const IS_FULL = process.env.ALERTS === 'full';

/** All durations are divided by this, so that CI need not wait. */
const HASTE = IS_FULL ? 1 : 10;
const SCRAPE_EVERY_S = IS_FULL ? 5 : 2;
const HEALTHY_FOR_MS = IS_FULL ? 600_000 : 20_000;

/** How much longer than its `for` an alert may take to fire. */
const FIRES_WITHIN_S = 30;

/** Its condition looks back for up to five minutes. */
const ENDS_WITHIN_S = 300 / HASTE + 60;

/** How long one may look at the dashboard until it shows what is wrong. */
const SEEN_WITHIN_MS = 300_000;

const READERS = 50;
const WRITE_EVERY_MS = 100;

const { text, rules } = alertRules(HASTE);
const forSecondsOf = (alert: string) => rules.find((rule) => rule.alert === alert)?.forSeconds ?? 0;

let shop: Shop;
let prometheus: Prometheus;
const QUERIES = dashboardQueries(`${SCRAPE_EVERY_S * 4}s`);

/** The queries of the dashboard that have found something so far. */
const answered = new Set<string>();

/** The questions of the dashboard to which somebody has seen the answer. */
const questions = new Set<string>();
/** Says how long it took, while the rehearsal goes on. */
const report = (line: string) => process.stdout.write(`${line}\n`);

beforeAll(async () => {
  shop = await openShop();
  prometheus = await Prometheus.start({ targets: shop.targets, rules: text, scrapeEverySeconds: SCRAPE_EVERY_S });
  for (const { url } of shop.gateways) await openStreams(url, READERS, { reads: true });
  let orderId: string | undefined;
  let writes = 0;
  const write = async () => {
    const answer = orderId === undefined ? await shop.orders.place({}) : undefined;
    orderId ??= answer?.body.orderId;
    if (orderId !== undefined && ++writes % 200 === 0) orderId = undefined;
    else if (orderId !== undefined) await shop.orders.change(orderId, { quantity: (writes % 999) + 1 });
  };
  // Never two at once: changes of one order that meet each other are decided again.
  let isWriting = false;
  const load = setInterval(() => {
    if (isWriting) return;
    isWriting = true;
    void write()
      .catch(() => undefined)
      .finally(() => (isWriting = false));
  }, WRITE_EVERY_MS);
  own(() => {
    clearInterval(load);
  });
}, 300_000);

const secondsSince = (start: number) => Math.round((performance.now() - start) / 100) / 10;

/** Notes which queries of the dashboard find something now. */
async function askDashboard(): Promise<void> {
  for (const { query } of QUERIES) {
    if (!answered.has(query) && (await prometheus.query(query)).length > 0) answered.add(query);
  }
}

/** Looks at a panel until it shows what is wrong. */
async function look({ panel, legend, value, of }: Sight): Promise<void> {
  const started = performance.now();
  const line = QUERIES.find((query) => query.panel === panel && query.legend === legend);
  if (!line) throw new Error(`The panel ${panel} has no line ${legend}`);
  const isShown = async () => {
    const lines = await prometheus.query(`(${line.query}) ${value}`);
    return lines.some(({ metric }) => Object.entries(of).every(([label, expected]) => metric[label] === expected));
  };
  await waitFor(isShown, `${panel} to be ${value}`, SEEN_WITHIN_MS);
  questions.add(line.question);
  const what = [value, ...Object.values(of)].join(' ');
  report(`  ${line.question} ${panel}: ${what} after ${secondsSince(started)} s`);
}

/** Waits until an alert fires. @param provoked when all was done that provokes it */
async function hear(alert: string, provoked: number): Promise<void> {
  await waitFor(
    async () => (await prometheus.firing()).has(alert),
    alert,
    (forSecondsOf(alert) + FIRES_WITHIN_S) * 1_000,
  );
  report(`  ${alert} (for ${forSecondsOf(alert)} s) fires ${secondsSince(provoked)} s after the last step`);
}

async function rehearse(incidents: readonly Incident[]): Promise<void> {
  const alerts = [...new Set(incidents.flatMap((incident) => incident.alerts))];
  report(incidents.map(({ name }) => name).join('; '));
  const fire = async () => {
    const started = performance.now();
    await Promise.all(incidents.map(({ provoke }) => provoke()));
    const provoked = performance.now();
    report(`  provoked within ${secondsSince(started)} s`);
    await Promise.all(alerts.map((alert) => hear(alert, provoked)));
  };
  await Promise.all([fire(), ...incidents.flatMap(({ seen }) => seen).map(look)]);
  await askDashboard();
  const ended = performance.now();
  await Promise.all(incidents.map(({ end }) => end()));
  await waitFor(async () => (await prometheus.firing()).size === 0, 'all alerts to end', ENDS_WITHIN_S * 1_000);
  report(`  all have ended ${secondsSince(ended)} s after the incident`);
}

it(
  'no alert fires while all is well, under load',
  async () => {
    await waitFor(async () => (await prometheus.query('up == 1')).length === 7, 'all replicas to be seen');
    const until = performance.now() + HEALTHY_FOR_MS;
    while (performance.now() < until) {
      expect([...(await prometheus.firing())]).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    await askDashboard();
  },
  HEALTHY_FOR_MS + 60_000,
);

describe('each alert fires in its incident, and ends with it', () => {
  const limitMs = (300 + ENDS_WITHIN_S + 700) * 1_000;

  it('of single replicas, side by side', () => rehearse(replicaIncidents(shop)), limitMs);

  it.each([0, 1, 2, 3, 4, 5])(
    'of everybody, number %i',
    async (i) => {
      const incident = sharedIncidents(shop)[i];
      if (incident) await rehearse([incident]);
    },
    limitMs,
  );

  it('and none of them is missing here', () => {
    const provoked = [...replicaIncidents(shop), ...sharedIncidents(shop)].flatMap(({ alerts }) => alerts);
    expect([...new Set(provoked)].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });
});

it('each question of the dashboard was answered in one of them, and each of its queries has found something', () => {
  expect([...new Set(QUERIES.map(({ question }) => question))].filter((question) => !questions.has(question))).toEqual(
    [],
  );
  expect(QUERIES.map(({ query }) => query).filter((query) => !answered.has(query))).toEqual([]);
});
