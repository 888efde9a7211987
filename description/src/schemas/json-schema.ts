/** A JSON Schema (2020-12). */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  examples?: unknown[];
  [keyword: string]: unknown;
}

/** How a reference to a component begins. */
export const REFERENCE = '#/components/schemas/';

/** The name of the component that a schema refers to, if it does. */
export const componentOf = ({ $ref }: JsonSchema): string | undefined =>
  $ref?.startsWith(REFERENCE) ? $ref.slice(REFERENCE.length) : undefined;

/** The schemas of which a value satisfies one, such as a successful and a failed answer; otherwise only the schema itself. */
export const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] => schema.oneOf ?? schema.anyOf ?? [schema];
