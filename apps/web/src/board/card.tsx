import './card.css';
import { memo, useEffect, useRef } from 'react';
import { draggable } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter';
import { setCustomNativeDragPreview } from '@atlaskit/pragmatic-drag-and-drop/utils/set-custom-native-drag-preview';
import { preserveOffsetOnSource } from '@atlaskit/pragmatic-drag-and-drop/utils/preserve-offset-on-source';
import { type Order } from '@galley/client';
import { Icon } from '../marks/icon.js';
import { DueText, RushTag, stageNumber } from '../marks/marks.js';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { isLate } from '../orders/shown-orders.js';
import { type Pending } from '../orders/view-props.js';

interface CardProps {
  order: Order;
  /** Who has changed it last, if this page knows. */
  by: string | undefined;
  pending: Pending | undefined;
  isPicked: boolean;
  /** Whether the panel shows it. */
  isOpen: boolean;
  isLit: boolean;
  isTabStop: boolean;
  canMove: boolean;
}

export const Card = memo(function Card(props: CardProps) {
  const { order, by, pending, isPicked, isOpen, isLit, isTabStop, canMove } = props;
  const { orderId, title, customerId, quantity, status, estimatedDate, rush, updatedAt } = order;
  const now = useMinute();
  const element = useRef<HTMLLIElement>(null);
  useDragging(element, orderId, canMove);
  const states = [
    isLate(order, { dates, now }) && 'is-late',
    pending && 'is-pending',
    isPicked && 'is-picked',
    isLit && 'is-lit',
  ];
  return (
    <li
      ref={element}
      className={['card', ...states.filter(Boolean)].join(' ')}
      data-stage={stageNumber(status)}
      data-order={orderId}
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isOpen || undefined}
    >
      <div className="card-top">
        <span className="mono">{orderId}</span>
        {rush && <RushTag />}
      </div>
      <h3 className="card-title">{title}</h3>
      <p className="card-who">
        <span>{customerId}</span>
        <span>{dates.number(quantity)}</span>
      </p>
      <p className="card-foot">
        <DueText expected={estimatedDate} />
        <span className="by">{footOf({ pending, isPicked, by, ago: dates.ago(updatedAt, now) })}</span>
      </p>
      {canMove && (
        <button className="card-more" tabIndex={-1} data-menu="" aria-label={words.card.actions(title)}>
          <Icon name="more" />
        </button>
      )}
    </li>
  );
});

interface Foot {
  pending: Pending | undefined;
  isPicked: boolean;
  by: string | undefined;
  ago: string;
}

function footOf({ pending, isPicked, by, ago }: Foot): React.ReactNode {
  if (pending) return pending === 'saving' ? words.card.saving : words.card.notSavedYet;
  if (!isPicked) return by === undefined ? ago : `${by} · ${ago}`;
  return (
    <>
      <Icon name="check" /> {words.card.picked}
    </>
  );
}

/** What is dragged: the id of an order. */
export interface DraggedOrder extends Record<string, unknown> {
  orderId: string;
}

function useDragging(element: React.RefObject<HTMLLIElement | null>, orderId: string, canMove: boolean): void {
  useEffect(() => {
    const card = element.current;
    if (!card || !canMove) return undefined;
    return draggable({
      element: card,
      getInitialData: (): DraggedOrder => ({ orderId }),
      onGenerateDragPreview: ({ nativeSetDragImage, location }) => {
        setCustomNativeDragPreview({
          nativeSetDragImage,
          getOffset: preserveOffsetOnSource({ element: card, input: location.current.input }),
          render: ({ container }) => {
            const copy = card.cloneNode(true) as HTMLElement;
            copy.removeAttribute('data-order');
            copy.classList.add('is-dragging');
            copy.style.width = `${card.offsetWidth}px`;
            container.append(copy);
          },
        });
      },
      onDragStart: () => {
        card.classList.add('is-held');
      },
      onDrop: () => {
        card.classList.remove('is-held');
      },
    });
  }, [element, orderId, canMove]);
}
