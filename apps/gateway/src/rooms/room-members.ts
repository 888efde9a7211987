import { Injectable } from '@nestjs/common';
import { type SubscriberStage } from '../connections/subscriber-stages.js';
import { type Subscriber } from '../connections/subscriber.js';

/** Who follows what on this replica: the way from all orders, a customer or an order to the clients, in one step. */
@Injectable()
export class RoomMembers implements SubscriberStage {
  private readonly members = new Map<string, Set<Subscriber>>();
  private readonly hearFeed = new Set<Subscriber>();

  /** @returns undefined if nobody is in the room */
  of(room: string): ReadonlySet<Subscriber> | undefined {
    return this.members.get(room);
  }

  /** The clients that asked for `feed`. */
  get feedListeners(): ReadonlySet<Subscriber> {
    return this.hearFeed;
  }

  /**
   * Takes a client that is in no room into its first ones. Has no effect on a client that is gone: nobody would take it out
   * again.
   * @param rooms each once
   */
  enter(subscriber: Subscriber, rooms: readonly string[]): void {
    if (!subscriber.isConnected) return;
    subscriber.rooms = rooms;
    for (const room of rooms) this.add(subscriber, room);
  }

  join(subscriber: Subscriber, room: string): void {
    if (!subscriber.isConnected || subscriber.rooms.includes(room)) return;
    subscriber.rooms = [...subscriber.rooms, room];
    this.add(subscriber, room);
  }

  leave(subscriber: Subscriber, room: string): void {
    subscriber.rooms = subscriber.rooms.filter((name) => name !== room);
    this.remove(subscriber, room);
  }

  listenToFeed(subscriber: Subscriber): void {
    if (subscriber.isConnected) this.hearFeed.add(subscriber);
  }

  disconnected(subscriber: Subscriber): void {
    this.hearFeed.delete(subscriber);
    for (const room of subscriber.rooms) this.remove(subscriber, room);
  }

  private add(subscriber: Subscriber, room: string): void {
    const others = this.members.get(room);
    if (others) others.add(subscriber);
    else this.members.set(room, new Set([subscriber]));
  }

  private remove(subscriber: Subscriber, room: string): void {
    const others = this.members.get(room);
    others?.delete(subscriber);
    if (others?.size === 0) this.members.delete(room);
  }
}
