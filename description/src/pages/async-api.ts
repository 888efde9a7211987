import { readFileSync } from 'node:fs';
import { type JsonSchema } from './json-schema.js';

/** What the page of events shows of an AsyncAPI 3 document. */
export interface AsyncApi {
  info: { title: string; version: string; description?: string };
  channels: Readonly<Record<string, Channel>>;
  operations: Readonly<Record<string, Operation>>;
  components: {
    messages: Readonly<Record<string, Message>>;
    schemas: Readonly<Record<string, JsonSchema>>;
  };
}

export interface Reference {
  $ref: string;
}

export interface Channel {
  address?: string | null;
  title?: string;
  summary?: string;
  description?: string;
  messages?: Readonly<Record<string, Message | Reference>>;
  parameters?: Readonly<Record<string, Parameter | Reference>>;
}

export interface Parameter {
  description?: string;
  enum?: readonly string[];
  default?: string;
  examples?: readonly string[];
}

export interface Operation {
  /** From the side of Galley: it sends the message, or receives it. */
  action: 'send' | 'receive';
  channel: Reference;
  title?: string;
  summary?: string;
  description?: string;
  messages?: readonly Reference[];
  reply?: { messages?: readonly Reference[] };
}

export interface Message {
  name?: string;
  title?: string;
  summary?: string;
  description?: string;
  headers?: JsonSchema;
  payload?: JsonSchema;
  examples?: readonly { name?: string; summary?: string; payload?: unknown; headers?: unknown }[];
}

const FILE = new URL('../../../apps/orders-api/docs/asyncapi.json', import.meta.url);

export const readAsyncApi = (): AsyncApi => JSON.parse(readFileSync(FILE, 'utf8')) as AsyncApi;

const isReference = (value: object): value is Reference => '$ref' in value;

/** What a part of the document is, or what it refers to, directly or through another reference. */
export function resolved<T extends object>(document: AsyncApi, part: T | Reference): T {
  if (!isReference(part)) return part;
  let found: unknown = document;
  for (const key of part.$ref.slice(2).split('/')) {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  if (typeof found !== 'object' || found === null) throw new Error(`${part.$ref} is not in asyncapi.json`);
  return resolved(document, found as T | Reference);
}
