import { beforeEach, expect, it } from '@jest/globals';
import { RoomMembers } from '../src/rooms/room-members.js';
import { StandInSocket } from './stand-in-connection.js';

let members: RoomMembers;
beforeEach(() => {
  members = new RoomMembers();
});

const inRoom = (room: string) => [...(members.of(room) ?? [])];

it('finds the clients of a room, and a client its rooms', () => {
  const [one, two] = [new StandInSocket(), new StandInSocket()];
  members.join(one.data, 'order:a');
  members.enter(two.data, ['order:a']);
  members.join(two.data, 'order:b');
  members.join(two.data, 'order:b');
  expect(inRoom('order:a')).toEqual([one.data, two.data]);
  expect(inRoom('order:b')).toEqual([two.data]);
  expect(two.data.rooms).toEqual(['order:a', 'order:b']);
});

it('forgets a room once nobody is in it', () => {
  const client = new StandInSocket();
  members.join(client.data, 'order:a');
  members.leave(client.data, 'order:a');
  members.leave(client.data, 'order:a');
  expect(members.of('order:a')).toBeUndefined();
  expect(client.data.rooms).toEqual([]);
});

it('takes a client that is gone out of everything', () => {
  const [gone, stays] = [new StandInSocket(), new StandInSocket()];
  for (const { data } of [gone, stays]) {
    members.join(data, 'orders');
    members.join(data, 'order:a');
    members.listenToFeed(data);
  }
  members.disconnected(gone.data);
  expect([inRoom('orders'), inRoom('order:a')]).toEqual([[stays.data], [stays.data]]);
  expect([...members.feedListeners]).toEqual([stays.data]);
});

it('does not take in a client that is gone already', () => {
  const client = new StandInSocket();
  client.goAway('transport close');
  members.enter(client.data, ['orders']);
  members.join(client.data, 'order:a');
  members.listenToFeed(client.data);
  expect([members.of('orders'), members.of('order:a')]).toEqual([undefined, undefined]);
  expect(members.feedListeners.size).toBe(0);
});
