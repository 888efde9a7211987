import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { ERRORS } from '@galley/contracts';
import { ASYNCAPI_FILE } from './asyncapi/document.js';
import { OPENAPI_FILE } from './openapi/document.js';
import { type JsonSchema } from './schemas/json-schema.js';

interface Described {
  components: { schemas: Record<string, JsonSchema> };
}

const FILES = [OPENAPI_FILE, ASYNCAPI_FILE];

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Described;

/** The schemas in a schema, with their paths. */
function partsOf(schema: JsonSchema, path: string): [path: string, part: JsonSchema][] {
  const { properties = {}, items, anyOf = [] } = schema;
  return [
    ...Object.entries(properties).map(([name, part]) => [`${path}.${name}`, part] as [string, JsonSchema]),
    ...[...Object.values(properties), ...(items ? [items] : []), ...anyOf].flatMap((part) => partsOf(part, path)),
  ];
}

describe.each(FILES)('%s', (file) => {
  const { components, ...rest } = read(file);
  const schemas = Object.entries(components.schemas);

  it('describes each component and each of its fields', () => {
    const parts = schemas.flatMap(([name, schema]) => [[name, schema] as const, ...partsOf(schema, name)]);
    expect(parts.length).toBeGreaterThan(50);
    expect(parts.filter(([, part]) => (part.description ?? '') === '').map(([path]) => path)).toEqual([]);
  });

  it('has examples of each component, which are valid', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (formats as unknown as (instance: Ajv2020) => void)(ajv);
    ajv.addSchema({ components }, 'file');
    for (const [name, { examples = [] }] of schemas) {
      expect([name, examples.length]).not.toEqual([name, 0]);
      const validate = ajv.getSchema(`file#/components/schemas/${name}`);
      for (const example of examples) {
        void validate?.(example);
        expect([name, example, validate?.errors]).toEqual([name, example, null]);
      }
    }
  });

  it('refers only to what is there, and to all of that', () => {
    const references = new Set(JSON.stringify({ components, ...rest }).match(/#\/components\/\w+\/[\w-]+/g));
    const parts = Object.entries(components).flatMap(([kind, all]) =>
      Object.keys(all).map((name) => `#/components/${kind}/${name}`),
    );
    const unused = parts.filter((part) => !references.has(part) && !part.startsWith('#/components/securitySchemes'));
    expect([[...references].filter((reference) => !parts.includes(reference)), unused]).toEqual([[], []]);
  });
});

it('shows each refusal of HTTP as an example', () => {
  const text = readFileSync(OPENAPI_FILE, 'utf8');
  const codes = Object.keys(ERRORS).filter((code) => !text.includes(`"code": "${code}"`));
  // No route has them: they are about paths and methods that do not exist.
  expect(codes).toEqual(['route_not_found', 'method_not_allowed']);
});
