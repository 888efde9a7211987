import './connection-badge.css';
import { type ConnectionState, type OrdersState } from '@galley/client';
import { type FeedNews, useMeasures, useSince } from '../orders/feed-news.js';
import { useNow } from '../page/now.js';
import { dates, words } from '../page/page.js';

const SIGNS: Record<ConnectionState, React.ReactNode> = {
  live: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  'catching-up': (
    <path d="M6 1.5A4.5 4.5 0 1 1 1.5 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
  ),
  stale: <path d="M3.2 1.5v9M8.8 1.5v9" stroke="currentColor" strokeWidth="2.6" fill="none" />,
  offline: (
    <path d="M1.8 1.8 10.2 10.2M10.2 1.8 1.8 10.2" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
  ),
};

/** The sign of a connection: its shape changes with the word. */
export const ConnectionSign = ({ connection }: { connection: ConnectionState }) => (
  <svg className="sign" viewBox="0 0 12 12" aria-hidden="true">
    {SIGNS[connection]}
  </svg>
);

/** As long as there is room for. */
const MAX_NAME_LENGTH = 20;

const instantOf = (ms: number) => new Date(ms).toISOString();

interface BadgeProps {
  state: Pick<OrdersState, 'connection' | 'position' | 'gateway' | 'pending'>;
  news: FeedNews;
}

/** Whether what is shown is true now; what opens from it shows how that is known. */
export function ConnectionBadge({ state, news }: BadgeProps) {
  const { connection } = state;
  const since = useSince(connection);
  const { delayMs } = useMeasures(news);
  const now = useNow();
  const isLive = connection === 'live';
  return (
    <>
      <button className="badge" data-link={connection} popoverTarget="link" aria-haspopup="dialog">
        <ConnectionSign connection={connection} />
        <strong role="status">{words.link.states[connection]}</strong>
        {isLive && delayMs !== undefined && <span className="more">{`${delayMs} ms`}</span>}
        {(connection === 'stale' || connection === 'offline') && (
          <span className="more">{words.link.since(dates.moment(instantOf(since), now))}</span>
        )}
      </button>
      <div id="link" className="popover" popover="auto" role="dialog" aria-label={words.link.connection}>
        <Details state={state} news={news} since={since} />
      </div>
    </>
  );
}

/** `code`: the value is one for machines. */
interface Fact {
  name: string;
  value: string;
  code?: string | undefined;
}

function Details({ state, news, since }: BadgeProps & { since: number }) {
  const { connection, position, gateway, pending } = state;
  const { lastChangeAt, delayMs, changesAMinute } = useMeasures(news);
  const now = useNow();
  const text = words.link;
  const at = dates.moment(instantOf(since), now);
  const more = {
    live: text.liveSince(at),
    'catching-up': '',
    stale: text.staleSince(at),
    offline: text.offlineSince(at),
  }[connection];
  const problem = pending.find((edit) => edit.problem)?.problem;
  const facts: Fact[] = [
    { name: text.lastChange, value: lastChangeAt === undefined ? text.none : dates.inSentence(lastChangeAt, now) },
    { name: text.changesAMinute, value: dates.number(changesAMinute) },
    { name: text.delay, value: delayMs === undefined ? text.none : `${dates.number(delayMs)} ms` },
    { name: text.gateway, value: gateway === undefined ? text.none : endOf(gateway), code: gateway },
    { name: text.position, value: position === undefined ? text.none : shorten(position), code: position },
    ...(pending.length > 0 ? [{ name: text.unsaved, value: dates.number(pending.length) }] : []),
  ];
  return (
    <>
      <p>
        <b>{text[connection]}</b> {more}
      </p>
      <dl>
        {facts.map(({ name, value, code }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={code} className={code === undefined ? '' : 'mono'}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {problem && (
        <p className="problem">
          {text.problem} <small>{problem.message}</small>
        </p>
      )}
    </>
  );
}

/** What tells one replica from another is at the end of its name. */
const endOf = (gateway: string): string =>
  gateway.length <= MAX_NAME_LENGTH ? gateway : `…${gateway.slice(1 - MAX_NAME_LENGTH)}`;

/** `…7f:20417`: the end of the epoch, and the number of the change. A position is for the server, so this is for the eye only. */
function shorten(position: string): string {
  const [epoch = '', seq = ''] = position.split(':');
  return seq === '' ? position.slice(-12) : `…${epoch.slice(-2)}:${seq}`;
}
