import { type OrderStatus } from '@galley/client/read';
import { counted, englishTimes } from './english-times.js';

interface StageWords {
  /** What the customer reads first. */
  headline: string;
  /** The same of an order that is late. */
  meanwhile: string;
  step: string;
}

const stages: Record<OrderStatus, StageWords> = {
  'In Production': {
    headline: 'Your order is in production',
    meanwhile: 'It is in production now.',
    step: 'In production',
  },
  'In Printing': { headline: 'Your order is being printed', meanwhile: 'It is being printed now.', step: 'Printing' },
  'In Binding': { headline: 'Your order is being bound', meanwhile: 'It is being bound now.', step: 'Binding' },
  Packaging: { headline: 'Your order is being packed', meanwhile: 'It is being packed now.', step: 'Packaging' },
  Delivery: { headline: 'Your order is on its way', meanwhile: 'It is on its way now.', step: 'Delivery' },
};

/** All that the tracking page says, in English. Every language has the same keys. */
export const englishTracking = {
  ...englishTimes,
  stages,
  tracking: 'Order tracking',
  language: 'Language',
  steps: 'Steps',
  next: 'next',
  done: 'done',
  completed: 'Your order is complete',
  closed: 'Your order was closed',
  closedAt: (when: string) => `Since ${when}`,
  runningLate: 'Your order is running late',
  sorry: 'We are sorry about the wait.',
  copies: (quantity: string) => `${quantity} copies`,
  oneCopy: '1 copy',
  expected: 'Expected',
  expectedToday: 'Expected today',
  expectedTomorrow: 'Expected tomorrow',
  expectedOn: (day: string) => `expected ${day}`,
  noDate: 'No date yet',
  moved: (from: string, to: string) => `moved from ${from} to ${to}`,
  laterThanPromised: (days: number) => `${counted(days, 'day', 'days')} later than first promised`,
  fromTheShop: 'From the shop',
  order: 'Order',
  lastUpdate: 'Last update',
  onlyWithLink: 'Only people with this link can see this page.',
  call: 'Call the shop',
  reading: 'Your order is being looked up',
  connection: {
    connecting: 'Connecting',
    live: 'Live: this page changes by itself',
    'catching-up': 'Catching up',
    stale: 'Connecting again',
    asking: (time: string) => `Not live. Looked up at ${time}, and again every half minute`,
    offline: (time: string) => `Offline since ${time}`,
  },
  knownAt: (when: string) => `You see what we knew at ${when}.`,
  catchesUp: 'This page catches up by itself.',
  away: {
    headline: 'We cannot look it up right now',
    explanation: 'The shop cannot be reached from here. This page tries again by itself.',
  },
  gone: {
    headline: 'This order is no longer here',
    explanation:
      'It was removed by the shop, so there is nothing left to follow. If that surprises you, please ask; we will look it up.',
  },
  expired: {
    headline: 'This link has run out',
    explanation: 'Tracking links end after some weeks, to keep your order private. The shop can send you a new one.',
  },
  ended: {
    headline: 'This link was ended',
    explanation: 'The shop has ended it, to keep your order private. The shop can send you a new one.',
  },
  unknown: {
    headline: 'This link leads to no order',
    explanation:
      'Perhaps a part of it was lost on its way. Open it again from the message that brought it, or ask the shop for a new one.',
  },
};
