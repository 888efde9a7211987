import { createPrivateKey } from 'node:crypto';
import { mintToken } from '@galley/access';
import { CentrifugoPublisher } from './centrifugo-publisher.js';
import { type BenchChange, EmitterPublisher, FeedPublisher, FloorPublisher, type Publisher } from './publishers.js';
import { type Usage } from './usage.js';

export const SYSTEMS = ['ours', 'stock', 'floor'] as const;
/** What ours is compared with if that is asked for. */
export const PEERS = ['centrifugo'] as const;
export type PeerName = (typeof PEERS)[number];
export type SystemName = (typeof SYSTEMS)[number] | PeerName;

/** A system under test as the load sees it, and how long to look at it. */
export interface LoadContext {
  system: SystemName;
  redis: { url: string; pid: number };
  feedName: string;
  /** What signs our tokens: a secret, or a private key in PEM. */
  tokenKey: { secret: string } | { privateKeyPem: string };
  /** A token of the shop. */
  token: string;
  gateway?: { url: string; pid: number };
  api?: { url: string; pid: number };
  /** Shorter, and therefore less exact. */
  quick: boolean;
}

/** One figure of one system. */
export interface Figure {
  name: string;
  unit: string;
  better: 'higher' | 'lower';
  value: number;
  /** Whether everything that was sent was delivered. */
  valid: boolean;
  /** For the reader, such as what the figure was measured at. */
  detail?: string;
  usage: Usage;
}

export function gatewayOf({ gateway }: LoadContext): { url: string; pid: number } {
  if (!gateway) throw new Error('this scenario needs a gateway');
  return gateway;
}

export function apiOf({ api }: LoadContext): { url: string; pid: number } {
  if (!api) throw new Error('this scenario needs an API');
  return api;
}

export async function connectPublisher(context: LoadContext): Promise<Publisher> {
  const { system, redis, feedName } = context;
  switch (system) {
    case 'ours':
      return FeedPublisher.connect(redis.url, feedName);
    case 'stock':
      return EmitterPublisher.connect(redis.url);
    case 'floor':
      return FloorPublisher.connect(redis.url);
    case 'centrifugo':
      return new CentrifugoPublisher(apiOf(context).url);
  }
}

/** What a request to the API of this system has to say. */
export const requestHeaders = ({ system, token }: LoadContext): Record<string, string> => ({
  'content-type': 'application/json',
  ...(system === 'ours' && { authorization: `Bearer ${token}` }),
});

/** @param sub the user of the token */
export function mintTokenOf({ tokenKey }: Pick<LoadContext, 'tokenKey'>, role: 'staff' | 'customer', sub: string) {
  const key = 'secret' in tokenKey ? tokenKey : { privateKey: createPrivateKey(tokenKey.privateKeyPem) };
  return mintToken({ ...key, role, sub, expiresIn: 3_600 });
}

let orders = 0;
export const newOrder = (dueAt: number): BenchChange => ({ orderId: `order-${++orders}`, revision: 1, dueAt });
