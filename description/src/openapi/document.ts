import { problem, type Order } from '@galley/contracts';
import { DocsController } from '@galley/orders-api/docs/docs.controller';
import { DOCS_PATHS } from '@galley/orders-api/docs/docs-files';
import { toCsv } from '@galley/orders-api/orders/order-csv';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { infoOf } from '../document-info.js';
import { formatted } from '../formatted.js';
import { Comments } from '../schemas/comments.js';
import { EXAMPLES } from '../schemas/examples.js';
import { Components } from '../schemas/components.js';
import { DESCRIBED_SOURCES } from '../schemas/described-sources.js';
import { previewGateway, previewOrdersApi, type PreviewedApp } from './apps.js';
import { REQUEST_HEADERS, REQUEST_ID, RESPONSE_HEADERS } from './headers.js';
import { Operations, type Operation } from './operations.js';
import { routesOf, type Route } from './routes.js';
import { INTRODUCTION, TAGS } from './texts.js';

const OPENAPI_VERSION = '3.1.1';

export const OPENAPI_FILE = 'apps/orders-api/docs/openapi.json';

/** `openapi.json` */
export async function writeOpenApi(): Promise<string> {
  return formatted(JSON.stringify(await openApiDocument()), OPENAPI_FILE);
}

/** The description of all routes, as clients see them: on one origin. */
export async function openApiDocument(): Promise<object> {
  const comments = new Comments(DESCRIBED_SOURCES);
  const components = new Components(comments);
  const apps = await Promise.all([previewOrdersApi(), previewGateway()]);
  const routes = allRoutes(apps);
  const operations = new Operations(routes, components, comments, await csvExample());
  const documents = apps.map((app) => exploredBySwagger(app, components));
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const method = route.method.toLowerCase() as 'get';
    const explored = documents.flatMap(({ paths: of }) => of[route.path]?.[method] ?? [])[0];
    if (!explored) throw new Error(`@nestjs/swagger does not know ${route.method} ${route.path}`);
    (paths[route.path] ??= {})[method] = operations.describe(route, explored);
  }
  checkThatAllAreRoutes(documents, paths);
  components.refer(problem, 'output');
  return {
    ...{ openapi: OPENAPI_VERSION, info: infoOf('Galley', INTRODUCTION) },
    ...{ servers: [{ url: '/', description: 'The origin at which Galley is served.' }] },
    ...{ tags: TAGS.map(({ name, description }) => ({ name, description })), paths },
    components: {
      schemas: components.all(),
      responses: operations.sharedResponses(),
      parameters: parameters(components),
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        bearer: {
          ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          description:
            'A JWT of your issuer, with the claims `sub` and `role`. In open mode (`AUTH=open`) there are no tokens: everybody may do everything.',
        },
      },
    },
  };
}

/** @throws Error if `@nestjs/swagger` has found what no decorator of Galley describes */
function checkThatAllAreRoutes(documents: readonly OpenAPIObject[], paths: Record<string, object>): void {
  for (const [path, found] of documents.flatMap((document) => Object.entries(document.paths))) {
    if (DOCS_PATHS.includes(path)) continue; // the description does not describe itself
    for (const method of Object.keys(found)) {
      if (!(method in (paths[path] ?? {}))) throw new Error(`Nothing describes ${method} ${path}`);
    }
  }
}

async function csvExample(): Promise<string> {
  const [order] = EXAMPLES.Order ?? [];
  const parts = await (await toCsv(pagesOf([order as Order]))).toArray();
  return parts.join('');
}

async function* pagesOf(orders: Order[]): AsyncGenerator<Order[], void> {
  yield Promise.resolve(orders);
}

/** Each route once: both apps answer health checks. */
function allRoutes(apps: readonly PreviewedApp[]): Route[] {
  const controllers = new Set(apps.flatMap((app) => app.controllers));
  const order: string[] = TAGS.flatMap((tag) => tag.controllers);
  const rank = ({ controller }: Route) => order.indexOf(controller.name);
  controllers.delete(DocsController);
  return [...controllers].flatMap((controller) => routesOf(controller)).sort((a, b) => rank(a) - rank(b));
}

/** What `@nestjs/swagger` finds by itself: paths, parameters and bodies. */
function exploredBySwagger({ app }: PreviewedApp, components: Components): OpenAPIObject {
  return SwaggerModule.createDocument(app, new DocumentBuilder().setOpenAPIVersion(OPENAPI_VERSION).build(), {
    autoTagControllers: false,
    standardSchemaConverter: (schema, { schemaType }) => ({ schema: components.inline(schema as never, schemaType) }),
  });
}

function parameters(components: Components) {
  const headers = Object.values(REQUEST_HEADERS).map(({ name, schema, pattern, ...rest }) => {
    const json = schema ? components.inline(schema, 'input') : { type: 'string', pattern };
    return [name, { name, in: 'header', ...rest, schema: json }];
  });
  return Object.fromEntries([...headers, [REQUEST_ID.name, { in: 'header', ...REQUEST_ID }]]) as object;
}
