import { useLayoutEffect, type RefObject } from 'react';

/**
 * Keeps messages off the cards that they are about: at the left if they would cover one at the right. Where there is no room beside
 * a card, it is scrolled above them.
 * @param place what has the messages, at the right
 */
export function useClearOfCards(place: RefObject<HTMLElement | null>, orderIds: readonly string[]): void {
  // Messages that are there stay where they are.
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    delete element.dataset.side;
    const cards = orderIds.flatMap((orderId) => document.querySelector(`[data-order="${CSS.escape(orderId)}"]`) ?? []);
    const covered = () =>
      cards.filter((card) => overlap(card.getBoundingClientRect(), element.getBoundingClientRect()));
    if (covered().length === 0) return;
    element.dataset.side = 'left';
    if (covered().length === 0) return;
    delete element.dataset.side;
    for (const card of covered()) card.scrollIntoView({ block: 'center' });
  }, [place, orderIds.join()]);
}

const overlap = (a: DOMRect, b: DOMRect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
