import { type z } from 'zod';
import { PERMISSIONS, type Role } from '@galley/access';
import { ERRORS, type ErrorCode } from '@galley/contracts';
import { type Comments } from '../schemas/comments.js';
import { type Components } from '../schemas/components.js';
import { type JsonSchema } from '../schemas/json-schema.js';
import { REQUEST_HEADERS, REQUEST_ID } from './headers.js';
import { problemResponse, refusalsOf, responseNameOf, type ProblemResponse } from './refusals.js';
import { type Route } from './routes.js';
import { ANSWERS, OF_GATEWAYS, REACHES, tagOf } from './texts.js';

export interface Parameter {
  name: string;
  in: string;
  description?: string;
  required?: boolean;
  schema: JsonSchema;
}

/** An operation of OpenAPI, as far as it is made here. */
export interface Operation {
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: unknown;
  [field: string]: unknown;
}

interface Reference {
  $ref: string;
}

/** Completes the operations that `@nestjs/swagger` has found with what the decorators of Galley say. */
export class Operations {
  private readonly responses = new Map<string, ProblemResponse>();

  constructor(
    private readonly routes: readonly Route[],
    private readonly components: Components,
    private readonly comments: Comments,
    private readonly csvExample: string,
  ) {}

  /** The responses that operations share, by their names. */
  sharedResponses(): Record<string, ProblemResponse> {
    return Object.fromEntries([...this.responses].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @param explored what `@nestjs/swagger` has found */
  describe(route: Route, explored: object): Operation {
    const { parameters = [] } = explored as { parameters?: Parameter[] };
    const { summary, description } = this.textsOf(route);
    return {
      ...{ operationId: route.name, tags: [tagOf(route.controller)], summary, description },
      ...(route.checks && { servers: [{ url: '/', description: OF_GATEWAYS }] }),
      security: route.rule === 'public' ? [] : [{ bearer: [] }],
      ...(route.rule !== 'public' && { 'x-roles': rolesOf(route.rule) }),
      parameters: [...this.parametersOf(route, parameters), ...headersOf(route)],
      ...(route.body && { requestBody: this.bodyOf(route.body) }),
      responses: { ...this.answersOf(route), ...this.refusalsOf(route) },
    };
  }

  /** The first sentence of the comment is the summary. */
  private textsOf({ controller, name, rule }: Route) {
    const comment = this.comments.ofMethod(controller.name, name);
    const [, summary, rest = ''] = /^(.+?)\.(?:\s+(.*))?$/s.exec(comment ?? '') ?? [];
    if (summary === undefined) throw new Error(`${controller.name}.${name} has no comment`);
    const roles = rule === 'public' ? 'Nobody needs a token.' : describeRoles(rolesOf(rule));
    return { summary, description: [rest.trim(), roles].filter((text) => text !== '').join('\n\n') };
  }

  private parametersOf({ checks }: Route, explored: readonly Parameter[]): Parameter[] {
    const found = explored.filter((parameter) => parameter.in !== 'header');
    const { properties = {} } = checks ? this.components.inline(checks.query, 'input') : {};
    const read = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
    return [...found, ...read].map((parameter) => {
      const { description, ...schema } = listOf(parameter.schema);
      return { ...{ name: parameter.name, in: parameter.in, description, required: parameter.required }, schema };
    });
  }

  private bodyOf(schema: z.ZodType): unknown {
    // A request without a body is one without fields.
    const required = !schema.safeParse({}).success;
    return { required, content: { 'application/json': { schema: this.components.refer(schema, 'input') } } };
  }

  private answersOf(route: Route): Record<string, unknown> {
    const { status, answer, headers } = route;
    const description = ANSWERS[route.name];
    if (description === undefined) throw new Error(`${route.name} has no text about its answer`);
    const { schema, alsoAs, alsoWith, type } = answer;
    const body = schema && {
      [type]: { schema: this.components.refer(schema, 'output') },
      ...(alsoAs !== undefined && { [alsoAs]: { schema: { type: 'string' }, example: this.csvExample } }),
    };
    const answered = {
      description,
      headers: referHeaders([...answer.headers, 'X-Request-Id']),
      ...(body && { content: body }),
      ...this.linksOf(route),
    };
    const isConditional = headers.includes('if-none-match');
    return {
      [status]: answered,
      ...(alsoWith !== undefined && {
        [alsoWith]: { ...answered, description: 'This replica should get no traffic.' },
      }),
      ...(isConditional && {
        304: {
          description: 'Nothing has changed: the answer would have a tag of `If-None-Match`.',
          headers: referHeaders([...answer.headers.filter((name) => name !== 'Content-Disposition'), 'X-Request-Id']),
        },
      }),
    };
  }

  private refusalsOf(route: Route): Record<string, Reference> {
    const byStatus = new Map<number, ErrorCode[]>();
    for (const code of refusalsOf(route)) {
      const { status } = ERRORS[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    return Object.fromEntries(
      [...byStatus].map(([status, codes]) => {
        const name = responseNameOf(codes);
        const response = problemResponse(status, codes);
        const known = this.responses.get(name);
        if (known && !isSame(known, response)) throw new Error(`Two different responses are called ${name}`);
        this.responses.set(name, response);
        return [status, { $ref: `#/components/responses/${name}` }];
      }),
    );
  }

  /** What a client can do with the thing that a POST has made. */
  private linksOf({ method, answer }: Route): { links?: object } {
    if (method !== 'POST' || !answer.schema) return {};
    const { properties = {} } = this.components.inline(answer.schema, 'output');
    const links = this.routes.flatMap(({ name, path }) => {
      const [, parameter = ''] = /\{(\w+)\}/.exec(path) ?? [];
      const isLinked = parameter in properties && isMadeFor(parameter, properties);
      return isLinked
        ? [[name, { operationId: name, parameters: { [parameter]: `$response.body#/${parameter}` } }]]
        : [];
    });
    return links.length > 0 ? { links: Object.fromEntries(links) as object } : {};
  }
}

/** A tracking link names its order, too, but what it has made is a `sub`. */
const isMadeFor = (parameter: string, properties: object) => parameter === 'sub' || !('sub' in properties);

const referHeaders = (names: readonly string[]): Record<string, Reference> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const headersOf = ({ headers }: Route): Reference[] =>
  [...headers.flatMap((name) => REQUEST_HEADERS[name]?.name ?? []), REQUEST_ID.name].map((name) => ({
    $ref: `#/components/parameters/${name}`,
  }));

/** A parameter that may be given once or several times is a list. */
function listOf(schema: JsonSchema): JsonSchema {
  const { anyOf = [], ...rest } = schema;
  const list = anyOf.find(({ type, items }) => type === 'array' && anyOf.some((other) => isSame(other, items)));
  return list ? { ...rest, ...list } : schema;
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

type Roles = Partial<Record<Role, string>>;

const rolesOf = (action: keyof typeof PERMISSIONS): Roles =>
  Object.fromEntries(
    Object.entries(PERMISSIONS[action]).filter(([role, reach]) => role !== 'anonymous' && reach !== 'none'),
  );

const describeRoles = (roles: Roles) =>
  `Roles: ${Object.entries(roles)
    .map(([role, reach]) => `\`${role}\`${REACHES[reach] ?? ''}`)
    .join(', ')}.`;
