import { Component, type ReactNode, type RefObject } from 'react';

/** More cards in sight than this do not glide: then a whole board has changed. */
const MAX_GLIDING = 40;

interface GlidesProps {
  /** What has the cards. */
  within: RefObject<HTMLElement | null>;
  /** Another object whenever cards may have another place. */
  arrangement: unknown;
  children: ReactNode;
}

/** Where a card was before an update. */
interface Place {
  card: HTMLElement;
  rect: DOMRect;
}

/** Lets the cards in sight glide to their new places. One that changes its column glides above both. */
export class Glides extends Component<GlidesProps> {
  override getSnapshotBeforeUpdate({ arrangement }: GlidesProps): Map<string, Place> | null {
    if (arrangement === this.props.arrangement) return null;
    return new Map(this.places().map((place) => [orderIdOf(place), place]));
  }

  override componentDidUpdate(_props: GlidesProps, _state: unknown, before: Map<string, Place> | null): void {
    if (!before) return;
    const style = getComputedStyle(document.documentElement);
    const duration = toMs(style.getPropertyValue('--m-glide'));
    if (!(duration > 0)) return;
    const timing = { duration, easing: style.getPropertyValue('--ease') };
    const moved = this.places().flatMap((place) => {
      const was = before.get(orderIdOf(place));
      return was && this.isMoveInSight(was.rect, place.rect) ? [{ was, is: place }] : [];
    });
    if (moved.length > MAX_GLIDING) return;
    for (const { was, is } of moved) {
      if (was.card === is.card) glide(is.card, was.rect, is.rect, timing);
      else this.glideAbove(was.rect, is, timing);
    }
  }

  override render(): ReactNode {
    return this.props.children;
  }

  private places(): Place[] {
    const cards = this.props.within.current?.querySelectorAll<HTMLElement>('[data-order]') ?? [];
    return Array.from(cards, (card) => ({ card, rect: card.getBoundingClientRect() }));
  }

  private isMoveInSight(was: DOMRect, is: DOMRect): boolean {
    const sight = this.props.within.current?.getBoundingClientRect();
    const isInSight = ({ top, bottom, width }: DOMRect) =>
      width > 0 && bottom > (sight?.top ?? 0) && top < (sight?.bottom ?? 0);
    return Math.abs(was.left - is.left) + Math.abs(was.top - is.top) > 1 && (isInSight(was) || isInSight(is));
  }

  /** Columns scroll, so they would cut off a card that comes from another one: a copy of it glides, and then the card is there. */
  private glideAbove(was: DOMRect, { card, rect }: Place, timing: KeyframeAnimationOptions): void {
    const copy = card.cloneNode(true) as HTMLElement;
    copy.removeAttribute('data-order');
    copy.inert = true;
    copy.classList.remove('is-lit');
    copy.classList.add('is-gliding');
    for (const edge of ['left', 'top', 'width', 'height'] as const) copy.style[edge] = `${rect[edge]}px`;
    document.body.append(copy);
    card.animate([{ opacity: 0 }, { opacity: 0 }], timing);
    glide(copy, was, rect, timing).onfinish = () => {
      copy.remove();
    };
  }
}

/** @param time as in CSS: `260ms`, which a build makes `.26s` */
const toMs = (time: string): number => parseFloat(time) * (time.trim().endsWith('ms') ? 1 : 1_000);

const orderIdOf = ({ card }: Place) => card.dataset.order ?? '';

const glide = (card: HTMLElement, was: DOMRect, is: DOMRect, timing: KeyframeAnimationOptions) =>
  card.animate([{ translate: `${was.left - is.left}px ${was.top - is.top}px` }, { translate: '0 0' }], timing);
