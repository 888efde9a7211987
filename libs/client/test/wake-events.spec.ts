import { describe, expect, it } from '@jest/globals';
import { onWake } from '../src/wire/wake-events.js';

const aPage = () =>
  Object.assign(new EventTarget(), { document: Object.assign(new EventTarget(), { visibilityState: 'visible' }) });

describe('a page wakes', () => {
  it('when the network is back and when it is shown again, until the listener is removed', () => {
    const page = aPage();
    let woken = 0;
    const stop = onWake(() => woken++, page);
    for (const name of ['online', 'pageshow']) page.dispatchEvent(new Event(name));
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(woken).toBe(3);
    stop();
    for (const target of [page, page.document]) target.dispatchEvent(new Event('online'));
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(woken).toBe(3);
  });

  it('but not when it is hidden', () => {
    const page = aPage();
    let woken = 0;
    onWake(() => woken++, page);
    page.document.visibilityState = 'hidden';
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(woken).toBe(0);
  });

  it('and never in a program without a page', () => {
    const stop = onWake(() => undefined, {});
    expect(stop).not.toThrow();
  });
});
