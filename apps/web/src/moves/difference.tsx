import { type EditTexts, type Order, type OrderFields, type OrderStatus } from '@galley/client';
import { Patch } from '../marks/marks.js';
import { useNow } from '../page/now.js';
import { dates, words } from '../page/page.js';

interface DifferenceProps {
  yours: OrderFields;
  now?: Order;
  texts: EditTexts;
}

/** The fields that an edit wanted to change: what they are, and what they should have been. And what was said with it. */
export function Difference({ yours, now, texts }: DifferenceProps) {
  const names = (Object.keys(yours) as (keyof OrderFields)[]).filter((name) => name !== 'closed');
  const said = (['message', 'note'] as const).filter((name) => texts[name] !== undefined);
  if (names.length + said.length === 0) return null;
  return (
    <dl className="diff">
      {now && names.length > 0 && (
        <>
          <dt>{words.refusal.now}</dt>
          <dd>
            {names.map((name) => (
              <FieldValue key={name} name={name} value={now[name]} />
            ))}
          </dd>
        </>
      )}
      <dt>{words.refusal.yours}</dt>
      <dd>
        {names.map((name) => (
          <FieldValue key={name} name={name} value={yours[name]} />
        ))}
        {said.map((name) => (
          <span key={name} className="diff-value">
            {words.fields[name]}: {texts[name]}
          </span>
        ))}
      </dd>
    </dl>
  );
}

function FieldValue({ name, value }: { name: keyof OrderFields; value: OrderFields[keyof OrderFields] }) {
  const now = useNow();
  if (name === 'status' || name === 'closed') {
    const status = value as OrderStatus;
    return (
      <span className="diff-value">
        <Patch status={status} />
        {words.stages[status].name}
      </span>
    );
  }
  return (
    <span className="diff-value">
      {words.fields[name]} {fieldText(name, value, now)}
    </span>
  );
}

/** The value of a field in words. */
export function fieldText(name: keyof OrderFields, value: OrderFields[keyof OrderFields], now: number): string {
  if (value === undefined || value === null) return words.refusal.none;
  if (name === 'quantity') return dates.number(Number(value));
  if (name === 'estimatedDate') return dates.day(String(value), now);
  if (name === 'rush') return value === true ? words.refusal.yes : words.refusal.no;
  return String(value);
}
