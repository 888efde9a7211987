import './card-menu.css';
import { useEffect, useRef } from 'react';
import { ORDER_STATUSES, type Order, type OrderStatus } from '@galley/client';
import { Icon, type IconName } from '../marks/icon.js';
import { Patch } from '../marks/marks.js';
import { words } from '../page/page.js';

export interface MenuActions {
  move: (status: OrderStatus) => void;
  edit: () => void;
  pick?: () => void;
  closeOrder: () => void;
  remove: () => void;
}

interface CardMenuProps extends MenuActions {
  order: Order;
  /** What it opens from, and gives the focus back to. */
  opener: HTMLElement;
  dismiss: () => void;
}

const GAP_PX = 4;

/** Everything that can be done with an order, for pointer, finger and keys. */
export function CardMenu({ order, opener, dismiss, ...actions }: CardMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = menu.current;
    if (!element) return;
    element.showPopover();
    placeBeside(element, opener);
    element.querySelector<HTMLElement>('[role=menuitem]:not([aria-disabled])')?.focus();
  }, [opener]);
  const act = (action: () => void) => () => {
    menu.current?.hidePopover();
    opener.focus();
    action();
  };
  const others: [icon: IconName, label: string, action: () => void, key?: string][] = [
    ['edit', words.card.edit, actions.edit, 'E'],
    ...(actions.pick ? [['list', words.card.pick, actions.pick, '␣'] as [IconName, string, () => void, string]] : []),
    ['check', words.card.close, actions.closeOrder],
  ];
  const label = words.card.actions(order.title);
  return (
    <section aria-label={label}>
      <div
        ref={menu}
        className="menu"
        popover="auto"
        role="menu"
        aria-label={label}
        onToggle={(event) => {
          if (event.newState === 'closed') dismiss();
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          walk(event);
          const status = ORDER_STATUSES[Number(event.key) - 1];
          if (status)
            act(() => {
              actions.move(status);
            })();
        }}
      >
        {ORDER_STATUSES.map((status, index) => (
          <button
            key={status}
            role="menuitem"
            aria-disabled={status === order.status || undefined}
            onClick={act(() => {
              actions.move(status);
            })}
          >
            <Patch status={status} />
            {words.stages[status].name}
            {status === order.status ? <small>{words.card.now}</small> : <kbd>{index + 1}</kbd>}
          </button>
        ))}
        <hr />
        {others.map(([icon, label, action, key]) => (
          <button key={icon} role="menuitem" onClick={act(action)}>
            <Icon name={icon} />
            {label}
            {key !== undefined && <kbd>{key}</kbd>}
          </button>
        ))}
        <button className="bad" role="menuitem" onClick={act(actions.remove)}>
          <Icon name="close" />
          {words.card.remove}
        </button>
      </div>
    </section>
  );
}

/** Arrows, Home and End walk; Tab stays, because the menu is one stop. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined && event.key !== 'Tab') return;
  event.preventDefault();
  if (to !== undefined) items.at(to % items.length)?.focus();
}

/** Below what it opens from if there is room, or else above; never beyond the edges of the window. */
function placeBeside(element: HTMLElement, opener: HTMLElement): void {
  const anchor = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = anchor.bottom + GAP_PX;
  const top = below + height <= innerHeight ? below : Math.max(GAP_PX, anchor.top - height - GAP_PX);
  const left = Math.min(Math.max(GAP_PX, anchor.right - width), innerWidth - width - GAP_PX);
  Object.assign(element.style, { top: `${top}px`, left: `${left}px` });
}
