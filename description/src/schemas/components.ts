import { z } from 'zod';
import * as contracts from '@galley/contracts';
import { checkResult, liveReport, readyReport } from '@galley/runtime';
import { type Comments } from './comments.js';
import { EXAMPLES } from './examples.js';
import { REFERENCE, type JsonSchema } from './json-schema.js';

/** Whether somebody sends it to Galley, or gets it from there. */
export type Direction = 'input' | 'output';

/** The schemas that have a name, by the names of their constants. */
const NAMED = { ...contracts, liveReport, readyReport, checkResult };

/** The name of a component is that of the type of its schema. */
const componentNameOf = (constant: string) => constant.slice(0, 1).toUpperCase() + constant.slice(1);

/** What zod knows of a schema, and its name. */
class NamesAndMetadata extends z.core.$ZodRegistry<z.core.GlobalMeta> {
  override get(schema: z.core.$ZodType) {
    return { ...z.globalRegistry.get(schema), ...super.get(schema) };
  }
}

/**
 * JSON schemas of our zod schemas. Objects and lists of values become components, which all descriptions share. Their texts are
 * the comments in the sources.
 */
export class Components {
  private readonly constants = new Map<z.core.$ZodType, string>();
  private readonly registry = new NamesAndMetadata();
  private readonly byName = new Map<string, JsonSchema>();

  constructor(private readonly comments: Comments) {
    for (const [constant, schema] of Object.entries(NAMED)) {
      if (!(schema instanceof z.ZodType)) continue;
      this.constants.set(schema, constant);
      if (isComponent(schema)) this.registry.add(schema, { id: componentNameOf(constant) });
    }
  }

  /** The components that were needed so far, by their names in the order of the alphabet. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.byName].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @returns a reference if the schema is a component; otherwise the schema itself */
  refer(schema: z.ZodType, direction: Direction): JsonSchema {
    const { $defs, ...root } = this.convert(schema, direction);
    for (const [name, component] of Object.entries($defs)) this.add(name, component, direction);
    return this.withTextsOfFields(root, schema);
  }

  /** The schema itself, even if it is a component. */
  inline(schema: z.ZodType, direction: Direction): JsonSchema {
    const { $defs, $ref = '', ...root } = this.convert(schema, direction);
    const { [$ref.slice(REFERENCE.length)]: own, ...others } = $defs;
    for (const [name, component] of Object.entries(others)) this.add(name, component, direction);
    return this.withTextsOfFields(own ?? root, schema);
  }

  private convert(schema: z.ZodType, io: Direction): JsonSchema & { $defs: Record<string, JsonSchema> } {
    const json = z.toJSONSchema(schema, {
      io,
      metadata: this.registry,
      override: ({ jsonSchema, zodSchema }) => {
        // The format says it, and the expression is longer than all the rest.
        if (jsonSchema.format === 'date' || jsonSchema.format === 'date-time') delete jsonSchema.pattern;
        // Answers may have more fields in later versions.
        if (io === 'output' && zodSchema._zod.def.type === 'object') delete jsonSchema.additionalProperties;
      },
    });
    const plain = JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', `"${REFERENCE}`)) as JsonSchema;
    const $defs = (plain.$defs ?? {}) as Record<string, JsonSchema>;
    for (const component of Object.values($defs)) delete component.id;
    delete plain.$schema;
    return { ...plain, $defs };
  }

  private add(name: string, json: JsonSchema, direction: Direction): void {
    const [schema] = [...this.constants].find(([, constant]) => componentNameOf(constant) === name) ?? [];
    if (!(schema instanceof z.ZodType)) throw new Error(`There is no schema for ${name}`);
    const component: JsonSchema = {
      description: this.textOf(schema),
      ...this.withTextsOfFields(json, schema),
      examples: [...(EXAMPLES[name] ?? [])],
    };
    const known = this.byName.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(component)) {
      throw new Error(`${name} is not the same in requests and answers (${direction})`);
    }
    this.byName.set(name, component);
  }

  private textOf(schema: z.core.$ZodType): string | undefined {
    const constant = this.constants.get(schema);
    return constant === undefined ? undefined : this.comments.ofConstant(constant);
  }

  private withTextsOfFields(json: JsonSchema, schema: z.ZodType): JsonSchema {
    const texts = this.comments.ofFields(this.constants.get(schema) ?? '');
    const inner = unwrapped(schema);
    const options = inner instanceof z.ZodUnion ? (inner.options as z.ZodType[]) : [inner];
    options.forEach((option, i) => {
      const { properties } = json.anyOf?.[i] ?? json;
      if (!(option instanceof z.ZodObject) || !properties) return;
      for (const [name, field] of Object.entries<z.ZodType>(option.shape)) {
        const description = texts.get(name) ?? this.textOf(field) ?? this.textOf(unwrapped(field));
        properties[name] = { description, ...properties[name], ...defaultOf(field) };
      }
    });
    return json;
  }
}

/** zod leaves out the default of a field that it transforms. */
const defaultOf = (field: z.ZodType) => (field instanceof z.ZodDefault ? { default: field.def.defaultValue } : {});

function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapped ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

function isComponent(schema: z.ZodType): boolean {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  if (inner instanceof z.ZodUnion)
    return (inner.options as z.ZodType[]).every((option) => option instanceof z.ZodObject);
  return inner instanceof z.ZodObject || inner instanceof z.ZodEnum;
}
