import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { FeedNews } from './feed-news.js';

const COMMIT = Date.parse('2026-11-25T13:32:00Z');
const HOUR_MS = 3_600_000;

let frames: (() => void)[];
let news: FeedNews;

beforeEach(() => {
  frames = [];
  news = new FeedNews();
  Object.assign(globalThis, { requestAnimationFrame: (frame: () => void) => frames.push(frame) });
});

afterEach(() => {
  jest.useRealTimers();
  Reflect.deleteProperty(globalThis, 'requestAnimationFrame');
});

/** The clock of the browser, in milliseconds since 1970. */
const setClock = (now: number) => jest.useFakeTimers({ now });
const commit = (afterMs = 0, orderId = 'GL-1') => {
  const timestamp = new Date(COMMIT + afterMs).toISOString();
  news.add({ orderId, revision: 2, timestamp }, true);
};
const draw = () => {
  news.rendered();
  for (const frame of frames.splice(0)) frame();
};

it('asks for one frame only, because a hidden page has none', () => {
  setClock(COMMIT);
  for (let n = 0; n < 1_000; n++) {
    commit(n);
    news.rendered();
  }
  expect(frames).toHaveLength(1);
  draw();
  commit(1_000);
  news.rendered();
  expect(frames).toHaveLength(1);
});

it.each([0, -5 * HOUR_MS, 5 * HOUR_MS])(
  'counts the changes of a minute with a clock that is wrong by %s ms',
  (wrongMs) => {
    setClock(COMMIT + wrongMs);
    commit();
    jest.advanceTimersByTime(40_000);
    commit(40_000);
    expect(news.changesAMinute()).toBe(2);
    jest.advanceTimersByTime(30_000);
    expect(news.changesAMinute()).toBe(1);
    jest.advanceTimersByTime(30_000);
    expect(news.changesAMinute()).toBe(0);
  },
);

it('tells the delay to the screen, unless a clock is wrong', () => {
  setClock(COMMIT + 60);
  commit();
  draw();
  expect(news.measures.delayMs).toBe(60);
  jest.setSystemTime(COMMIT - HOUR_MS);
  commit(1);
  draw();
  expect(news.measures.delayMs).toBeUndefined();
});

it('counts the time until a change was rendered as delay', () => {
  setClock(COMMIT + 60);
  commit();
  jest.setSystemTime(COMMIT + 300);
  draw();
  expect(news.measures.delayMs).toBe(300);
});

it('puts out every light, also of a card that is not in the page', () => {
  setClock(COMMIT);
  commit();
  jest.advanceTimersByTime(200);
  expect([...news.lit]).toEqual(['GL-1']);
  jest.advanceTimersByTime(2_000);
  expect([...news.lit]).toEqual([]);
});
