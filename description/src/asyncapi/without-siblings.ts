/** Tools of AsyncAPI read draft 07, in which nothing may stand beside a reference. There `allOf` says the same. */
export function withoutSiblings(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutSiblings);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...others } = schema as Record<string, unknown>;
  const rest = Object.fromEntries(Object.entries(others).map(([key, value]) => [key, withoutSiblings(value)]));
  if ($ref === undefined) return rest;
  return Object.keys(rest).length === 0 ? { $ref } : { ...rest, allOf: [{ $ref }] };
}
