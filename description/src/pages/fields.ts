import { html, type Html } from '@galley/http';
import { alternativesOf, componentOf, type JsonSchema } from '../schemas/json-schema.js';
import { line } from './markdown.js';

export const anchorOfSchema = (name: string): string => `schema-${name}`;

const code = (value: unknown): Html => html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;

const joined = (parts: readonly Html[], word: string): Html[] =>
  parts.map((part, i) => (i === 0 ? part : html` ${word} ${part}`));

/** The type of a value in words, with links to the shapes that have a name. */
export function typeOf(schema: JsonSchema): Html {
  const name = componentOf(schema);
  if (name !== undefined) return html`<a href="#${anchorOfSchema(name)}">${name}</a>`;
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return html`${joined(schema.enum.map(code), 'or')}`;
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 1) return html`${joined(alternatives.map(typeOf), 'or')}`;
  if (schema.allOf) return html`${joined(schema.allOf.map(typeOf), 'and')}`;
  if (schema.type === 'array') return html`list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  const types = [schema.type ?? 'anything'].flat().join(' or ');
  return schema.format === undefined ? html`${types}` : html`${types} (${schema.format})`;
}

const WITHOUT_BOUND = Number.MAX_SAFE_INTEGER;

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  const lower = least === undefined || Math.abs(least) >= WITHOUT_BOUND ? undefined : least;
  const upper = most === undefined || most >= WITHOUT_BOUND ? undefined : most;
  if (lower === undefined && upper === undefined) return undefined;
  if (upper === undefined) return `at least ${lower}${unit}`;
  return lower === undefined ? `at most ${upper}${unit}` : `${lower} to ${upper}${unit}`;
}

/** The bounds of a value in words. */
function boundsOf(schema: JsonSchema): string[] {
  return [
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
    range(schema.minimum, schema.maximum, ''),
    schema.default === undefined ? undefined : `default: ${JSON.stringify(schema.default)}`,
  ].filter((bound) => bound !== undefined);
}

function row(name: string, schema: JsonSchema, isRequired: boolean): Html {
  const bounds = boundsOf(schema);
  return html`<tr>
    <th scope="row"><code>${name}</code>${!isRequired && html` <small>optional</small>`}</th>
    <td>
      <span class="type">${typeOf(schema)}</span>${bounds.length > 0 && html` <small>${bounds.join(', ')}</small>`}
    </td>
    <td>${line(schema.description)}</td>
  </tr>`;
}

/** The fields of an object as a table, or those of each of its alternatives. Another value is shown as its type. */
export function fieldsOf(schema: JsonSchema): Html {
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 1)
    return html`${alternatives.map((other, i) => html`${i > 0 && html`<p class="or">or</p>`}${fieldsOf(other)}`)}`;
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return html`<p class="type">${typeOf(schema)}</p>`;
  return html`<div class="fields">
    <table>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${fields.map(([name, field]) => row(name, field, schema.required?.includes(name) ?? false))}
      </tbody>
    </table>
  </div>`;
}
