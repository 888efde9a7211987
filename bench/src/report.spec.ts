import { expect, it } from '@jest/globals';
import { type Figure } from './load/context.js';
import { toRow } from './report.js';

const figure = (value: number, better: Figure['better'], valid = true): Figure[] => [
  { name: 'row', unit: 'things', better, value, valid, usage: { seconds: 1, cpu: {} } },
];

it('says how many times better ours is than a peer, whether more or less is better', () => {
  const faster = toRow('row', { ours: [figure(30, 'higher')], centrifugo: [figure(10, 'higher')] }, ['centrifugo']);
  expect(faster.peers).toEqual({ centrifugo: { value: 10, ratio: 3 } });
  const smaller = toRow('row', { ours: [figure(30, 'lower')], centrifugo: [figure(10, 'lower')] }, ['centrifugo']);
  expect(smaller.peers.centrifugo?.ratio).toBeCloseTo(1 / 3);
});

it('compares medians, and has no ratio to a peer that was not measured', () => {
  const ours = [figure(1, 'higher'), figure(30, 'higher'), figure(20, 'higher')];
  const row = toRow('row', { ours, stock: [figure(10, 'higher')] }, ['centrifugo']);
  expect(row).toMatchObject({ ours: 20, stock: 10, ratioToStock: 2, floor: null, ratioToFloor: null });
  expect(row.peers).toEqual({ centrifugo: { value: null, ratio: null } });
});

it('is invalid if a peer has not delivered everything', () => {
  const runs = { ours: [figure(30, 'higher')], centrifugo: [figure(10, 'higher', false)] };
  expect(toRow('row', runs, ['centrifugo']).valid).toBe(false);
  expect(toRow('row', runs).valid).toBe(true);
});
