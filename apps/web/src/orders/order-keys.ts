import { ORDER_STATUSES, type Order, type OrderStatus } from '@galley/client';
import { type Direction } from './arrange.js';
import { type OrderActions } from './order-actions.js';

const ARROWS: Partial<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

/** What a key asks for on a card or a row. */
export type OrderKey =
  | { does: 'walk'; direction: Direction }
  | { does: 'move'; status: OrderStatus }
  | { does: Exclude<keyof OrderActions, 'move' | 'closeOrder'> };

const NAMED: Partial<Record<string, OrderKey>> = {
  Enter: { does: 'open' },
  ' ': { does: 'pick' },
  e: { does: 'edit' },
  m: { does: 'openMenu' },
  ContextMenu: { does: 'openMenu' },
  Delete: { does: 'remove' },
};

/**
 * Arrows walk; with Shift, left and right move to the stage beside. 1 to 5 move, too.
 * @returns undefined if the key is for something else
 */
export function orderKey(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  { status }: Pick<Order, 'status'>,
): OrderKey | undefined {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey) return undefined;
  const direction = ARROWS[key];
  if (direction && shiftKey) {
    const step = { left: -1, right: 1, up: 0, down: 0 }[direction];
    const beside = ORDER_STATUSES[ORDER_STATUSES.indexOf(status) + step];
    return step !== 0 && beside ? { does: 'move', status: beside } : undefined;
  }
  if (direction) return { does: 'walk', direction };
  const numbered = /^[1-9]$/.test(key) ? ORDER_STATUSES[Number(key) - 1] : undefined;
  return numbered ? { does: 'move', status: numbered } : NAMED[key.length === 1 ? key.toLowerCase() : key];
}
