import { Inject, Injectable } from '@nestjs/common';
import { Overview, refusalSection, type OverviewSection } from '@galley/http';
import { AuditLog } from '@galley/runtime';
import { formatPosition } from '@galley/contracts';
import { SubscriberStages } from '../connections/subscriber-stages.js';
import { FeedFollower } from '../feed/feed-follower.js';
import { FeedLiveness } from '../feed/feed-liveness.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { ConnectionCensus } from './connection-census.js';

/** What a gateway tells on the page about its process. */
@Injectable()
export class GatewayOverview extends Overview {
  constructor(
    private readonly feed: FeedFollower,
    private readonly liveness: FeedLiveness,
    private readonly stages: SubscriberStages,
    private readonly census: ConnectionCensus,
    private readonly audit: AuditLog,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    super();
  }

  override sections(): OverviewSection[] {
    return [this.feedSection(), ...this.connectionSections(), refusalSection(this.audit)];
  }

  private feedSection(): OverviewSection {
    const { head, behind, repairs, gaps } = this.feed;
    const { live, since } = this.liveness.state;
    return {
      title: 'Feed',
      columns: ['what', 'now'],
      rows: [
        ['live', live ? 'yes' : `no, since ${since ?? 'the start'}`],
        ['delivered up to', head ? formatPosition(head) : 'nothing yet'],
        ['changes behind the log', behind],
        ['repaired from the log', repairs],
        ['gaps', gaps['new-epoch'] + gaps.trimmed],
      ],
    };
  }

  private connectionSections(): OverviewSection[] {
    const { total, byKind, slowest, addresses } = this.census.countAll();
    return [
      {
        title: `Connections: ${total} of ${this.config.limits.connections}`,
        columns: ['transport', 'role', 'clients'],
        rows: byKind.map(([{ transport = '', role = '' }, count]) => [transport, role, count]),
      },
      {
        title: 'Slowest clients',
        columns: ['bytes waiting', 'transport', 'role', 'address'],
        rows: slowest.map(({ pendingBytes, subscriber: { transport, principal, remoteAddress } }) => [
          pendingBytes,
          transport,
          principal.role,
          remoteAddress,
        ]),
        empty: 'Nothing waits for any client.',
      },
      { title: 'From where: the addresses with the most clients', columns: ['address', 'clients'], rows: addresses },
      {
        title: 'Connections that have ended, since the start',
        columns: ['reason', 'clients'],
        rows: [...this.stages.endings].toSorted(([, a], [, b]) => b - a),
      },
    ];
  }
}
