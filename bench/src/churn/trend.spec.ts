import { expect, it } from '@jest/globals';
import { trendOf } from './trend.js';

const samples = (...values: number[]) => values.map((value, i) => ({ at: i * 30, value }));

it('says by which part of the mean a series grows', () => {
  expect(trendOf(samples(90, 95, 100, 105, 110))).toEqual({ mean: 100, growth: 0.2 });
});

it('says that a series falls', () => {
  expect(trendOf(samples(110, 100, 90)).growth).toBeCloseTo(-0.2);
});

it('finds no growth in a series that goes up and down', () => {
  expect(trendOf(samples(100, 103, 97, 103, 100)).growth).toBeCloseTo(0, 5);
});

it('finds the growth under what goes up and down', () => {
  expect(trendOf(samples(98, 106, 98, 110, 102, 114)).growth).toBeGreaterThan(0.08);
});
