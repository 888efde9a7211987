import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OPENAPI_FILE } from './description-tools.js';

/** A request that was sent, and its answer. */
export interface Exchange {
  /** Such as `GET /orders/{orderId}`. */
  operation: string;
  status: number;
  contentType: string | null;
  /** The headers of the answer, by their names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

interface Reference {
  $ref?: string;
}

interface Header extends Reference {
  required?: boolean;
}

interface Described extends Reference {
  headers?: Readonly<Record<string, Header>>;
  content?: Readonly<Record<string, object>>;
}

interface OpenApi {
  paths: Readonly<Record<string, Readonly<Record<string, { responses: Readonly<Record<string, Described>> }>>>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'];

/** What openapi.json says about answers. */
export class DescribedAnswers {
  private readonly document = JSON.parse(readFileSync(OPENAPI_FILE, 'utf8')) as OpenApi;
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });

  constructor() {
    addFormats.default(this.ajv);
    this.ajv.addSchema(this.document, 'openapi.json');
  }

  /** Such as `GET /orders/{orderId}`, in the order of the alphabet. */
  get operations(): string[] {
    return Object.entries(this.document.paths)
      .flatMap(([path, item]) =>
        METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
      )
      .sort();
  }

  /** @returns what the answer has that is not described, and what it does not have although it is described */
  contradictionsOf({ operation, status, contentType, headers, body }: Exchange): string[] {
    const [method = '', path = ''] = operation.split(' ');
    const place = ['paths', path, method.toLowerCase(), 'responses', String(status)];
    const { value: response, at } = this.resolved(place);
    if (!response) return [`${operation} is answered ${status}, which is not described`];
    const found = Object.keys(response.headers ?? {}).flatMap((name) => {
      const { value: header, at: where } = this.resolved([...at, 'headers', name]);
      const text = headers[name.toLowerCase()];
      if (text !== undefined) return this.errorsOf([...where, 'schema'], headerValue(text), `the header ${name}`);
      return header?.required === true ? [`the header ${name} is missing`] : [];
    });
    const type = contentType?.split(';')[0];
    const types = Object.keys(response.content ?? {});
    if (type === undefined || !types.includes(type)) {
      if (type !== undefined || types.length > 0)
        found.push(`${type ?? 'no content'} instead of ${types.join(' or ')}`);
      return found;
    }
    const value: unknown = /\bjson$/.test(type) ? JSON.parse(body) : body;
    return [...found, ...this.errorsOf([...at, 'content', type, 'schema'], value, 'the body')];
  }

  private errorsOf(place: readonly string[], value: unknown, what: string): string[] {
    const pointer = place.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.ajv.compile({ $ref: `openapi.json#/${pointer}` });
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${what} ${instancePath} ${message}`);
  }

  /** What is at a place of the document, and where it really is if it refers to something else. */
  private resolved(place: readonly string[]): { value?: Described & Header; at: readonly string[] } {
    let value: unknown = this.document;
    for (const key of place) value = (value as Record<string, unknown> | undefined)?.[key];
    const { $ref } = (value ?? {}) as Reference;
    return $ref === undefined
      ? { value: value as Described & Header, at: place }
      : this.resolved($ref.slice(2).split('/'));
  }
}

/** Headers are texts, but some are described as numbers. */
const headerValue = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);
