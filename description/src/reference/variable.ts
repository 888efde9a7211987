import { z } from 'zod';

/** What is said about an environment variable. */
export interface Variable {
  name: string;
  /** What it is for. */
  meaning: string;
  /** What a value may be. */
  form: string;
  /** What counts if it is not set, as text; empty if nothing does. */
  byDefault: string;
  isRequired: boolean;
  isSecret: boolean;
}

/** The variables of a schema of `readEnvironment`, in its order. @throws if one of them has no description */
export function variablesOf(schema: z.ZodObject): Variable[] {
  return Object.entries(schema.shape).map(([name, type]) => variableOf(name, type as z.ZodType));
}

function variableOf(name: string, type: z.ZodType): Variable {
  const layers = layersOf(type);
  // What stands further out says more: it was said of this variable, and not of all that share its schema.
  const { description, form, byDefault, isSecret } = Object.assign(
    {},
    ...layers.toReversed().map((layer) => layer.meta()),
  ) as { description?: string; form?: string; byDefault?: string; isSecret?: boolean };
  if (description === undefined) throw new Error(`${name} has no description: say in its schema what it is for`);
  return {
    name,
    meaning: description,
    form: form ?? layers.map(formOf).find((text) => text !== undefined) ?? 'text',
    byDefault: byDefault ?? layers.map(defaultOf).find((text) => text !== undefined) ?? '',
    isRequired: !type.safeParse(undefined).success,
    isSecret: isSecret ?? false,
  };
}

/** The schema and those within it, from the outside in. A pipe is described by what goes in, and checked by what comes out. */
function layersOf(type: z.ZodType): z.ZodType[] {
  if (type instanceof z.ZodDefault || type instanceof z.ZodOptional) {
    return [type, ...layersOf(type.unwrap() as z.ZodType)];
  }
  if (type instanceof z.ZodPipe) return [type, ...layersOf(type.in as z.ZodType), ...layersOf(type.out as z.ZodType)];
  return [type];
}

function formOf(type: z.ZodType): string | undefined {
  if (!(type instanceof z.ZodEnum)) return undefined;
  return type.options.map((option) => `\`${option}\``).join(' or ');
}

const defaultOf = (type: z.ZodType) => (type instanceof z.ZodDefault ? String(type.def.defaultValue) : undefined);
