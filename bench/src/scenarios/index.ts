import { type Figure, type LoadContext, type SystemName } from '../load/context.js';
import { type Part } from '../systems/systems.js';
import { connections } from './connections.js';
import { fanOut, fanOutStreams } from './fan-out.js';
import { latency, restBurst } from './latency.js';
import { orderLists } from './order-lists.js';
import { restMongo } from './rest-mongo.js';
import { rest } from './rest.js';
import { resume, resumeCold } from './resume.js';
import { targeted } from './targeted.js';

export type ScenarioName =
  | 'fanout'
  | 'fanout-sse'
  | 'latency'
  | 'targeted'
  | 'connections'
  | 'resume'
  | 'resume-cold'
  | 'rest'
  | 'rest-burst'
  | 'rest-mongo'
  | 'list-200k';

interface Scenario {
  /** Runs in the load generator. */
  load: (context: LoadContext) => Promise<Figure[]>;
  /** The systems that it compares, and which of their parts it needs. */
  systems: Partial<Record<SystemName, readonly Part[]>>;
}

const GATEWAYS = { ours: ['gateway'], stock: ['gateway'], floor: ['gateway'] } as const;

export const SCENARIOS: Record<ScenarioName, Scenario> = {
  fanout: { load: fanOut, systems: { ...GATEWAYS, centrifugo: ['api', 'gateway'] } },
  'fanout-sse': { load: fanOutStreams, systems: { ours: ['gateway'] } },
  latency: { load: latency, systems: { ours: ['gateway', 'api'], stock: ['gateway', 'api'] } },
  targeted: { load: targeted, systems: { ...GATEWAYS, centrifugo: ['api', 'gateway'] } },
  connections: { load: connections, systems: { ...GATEWAYS, centrifugo: ['gateway'] } },
  resume: {
    load: resume,
    systems: { ours: ['gateway'], stock: ['gateway', 'api'], centrifugo: ['api', 'gateway'] },
  },
  'resume-cold': { load: resumeCold, systems: { ours: [], stock: ['gateway', 'api'], centrifugo: ['api'] } },
  rest: { load: rest, systems: { ours: ['api'], stock: ['api'] } },
  'rest-burst': { load: restBurst, systems: { ours: ['gateway', 'api'], stock: ['gateway', 'api'] } },
  'rest-mongo': { load: restMongo, systems: { ours: [] } },
  'list-200k': { load: orderLists, systems: { ours: [] } },
};
