import { Component, type ReactNode, type RefObject } from 'react';

/** More cards than this do not glide: then a whole board has changed. */
const MAX_GLIDING = 40;

interface GlidesProps {
  /** What has the cards. */
  within: RefObject<HTMLElement | null>;
  /** Another object whenever cards may have another place. */
  arrangement: unknown;
  children: ReactNode;
}

const cardsIn = (element: HTMLElement | null) => [...(element?.querySelectorAll<HTMLElement>('[data-order]') ?? [])];

/** Lets cards glide to their new places, and keeps the focus on a card that has come to another column. */
export class Glides extends Component<GlidesProps> {
  override getSnapshotBeforeUpdate({ arrangement }: GlidesProps): Map<string, DOMRect> | null {
    if (arrangement === this.props.arrangement) return null;
    return new Map(
      cardsIn(this.props.within.current).map((card) => [card.dataset.order ?? '', card.getBoundingClientRect()]),
    );
  }

  override componentDidUpdate(_props: GlidesProps, _state: unknown, before: Map<string, DOMRect> | null): void {
    if (!before) return;
    const style = getComputedStyle(document.documentElement);
    const duration = parseFloat(style.getPropertyValue('--m-glide'));
    if (!(duration > 0)) return;
    const moved = cardsIn(this.props.within.current).flatMap((card) => {
      const was = before.get(card.dataset.order ?? '');
      const is = card.getBoundingClientRect();
      if (!was || was.width === 0) return [];
      const [x, y] = [was.left - is.left, was.top - is.top];
      return Math.abs(x) + Math.abs(y) > 1 ? [{ card, x, y }] : [];
    });
    if (moved.length > MAX_GLIDING) return;
    for (const { card, x, y } of moved) {
      card.animate([{ translate: `${x}px ${y}px` }, { translate: '0 0' }], {
        duration,
        easing: style.getPropertyValue('--ease'),
      });
    }
  }

  override render(): ReactNode {
    return this.props.children;
  }
}
