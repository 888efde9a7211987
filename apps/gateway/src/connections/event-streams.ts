import { Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { type AnnouncementEvent } from '@galley/contracts';
import { type EventStream, type StreamCounts } from './event-stream.js';
import { type SubscriberStage } from './subscriber-stages.js';
import { streamTextOf, wireEvent } from './wire-event.js';

/** A comment, which clients ignore. Proxies that close silent connections do not. */
const HEARTBEAT = ':\n\n';

/** The open streams of Server-Sent Events of this replica. */
@Injectable()
export class EventStreams implements SubscriberStage {
  readonly counts: StreamCounts = { opened: 0, cut: 0, sentBytes: 0 };
  private readonly open = new Set<EventStream>();

  /** Heartbeats come as often as pings on a WebSocket. */
  attach({ engine, httpServer }: Pick<Server, 'engine' | 'httpServer'>): void {
    const { pingInterval } = engine.opts;
    const timer = setInterval(() => {
      this.writeToAll(HEARTBEAT);
    }, pingInterval).unref();
    httpServer.once('close', () => {
      clearInterval(timer);
    });
  }

  get size(): number {
    return this.open.size;
  }

  all(): Iterable<EventStream> {
    return this.open;
  }

  add(stream: EventStream): void {
    this.open.add(stream);
  }

  delete(stream: EventStream): void {
    this.open.delete(stream);
  }

  /** Socket.IO's adapter sends announcements to sockets only. */
  announce(announcement: AnnouncementEvent): void {
    this.writeToAll(streamTextOf(wireEvent('announcement', announcement)));
  }

  private writeToAll(text: string): void {
    const bytes = Buffer.from(text);
    for (const stream of this.open) stream.write(bytes);
  }
}
