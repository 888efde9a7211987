import { ORDER_STATUSES, type OrderStatus } from '@galley/client';
import { dates, words } from '../page/page.js';
import { useMinute } from '../page/now.js';
import { Icon } from './icon.js';

/** 1 to 5 */
export const stageNumber = (status: OrderStatus): number => ORDER_STATUSES.indexOf(status) + 1;

/** The number of a stage on its ink. */
export const Patch = ({ status }: { status: OrderStatus }) => (
  <span className="patch" data-stage={stageNumber(status)} aria-hidden="true">
    {stageNumber(status)}
  </span>
);

export const RushTag = () => (
  <span className="tag tag-rush">
    <Icon name="rush" className="solid" />
    {words.fields.rush}
  </span>
);

/** When an order is expected, in words; with a sign and in red if it is late. */
export function DueText({ expected }: { expected: string | undefined }) {
  const now = useMinute();
  if (expected === undefined) return <span className="due">{words.due.none}</span>;
  const { kind, text } = dates.due(expected, now);
  return (
    <span className={`due due-${kind}`}>
      {kind === 'late' && <Icon name="late" />}
      {text}
    </span>
  );
}
