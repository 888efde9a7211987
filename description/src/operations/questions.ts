import { type Question } from './panel.js';

const OVER = '[$__rate_interval]';

const quantile = (q: number, metric: string, by = '') =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${metric}_bucket${OVER})))`;

/** The questions of the person on call, in the order in which they come up. */
export const QUESTIONS: readonly Question[] = [
  {
    title: 'Is it losing messages?',
    panels: [
      {
        title: 'Changes that nobody hears of: age of the oldest',
        description: 'They are stored and not published. Above 5 s, clients are told that what they see may be old.',
        queries: { 'oldest unpublished': 'max(galley_unpublished_oldest_seconds)' },
        unit: 's',
      },
      {
        title: 'Unpublished changes',
        description: 'Counted once the oldest has waited for more than 5 s.',
        queries: { changes: 'max(galley_unpublished_changes)' },
        unit: 'short',
      },
      {
        title: 'Gaps, new epochs, clients told to fetch again',
        description:
          'Anything above 0 means that Redis has lost changes. MongoDB has all orders; clients fetch them again.',
        queries: {
          'gaps at {{instance}}: {{reason}}': 'increase(galley_feed_gaps_total[5m])',
          'new epochs, seen by {{instance}}': 'increase(galley_feed_new_epochs_total[5m])',
          'clients told by {{instance}}': 'increase(galley_resyncs_total[5m])',
        },
        unit: 'short',
      },
      {
        title: 'Published a second, and from the log instead of a message',
        description:
          'Repairs are normal after an outage of Redis. All the time, they point to a network that drops messages.',
        queries: {
          published: `sum(rate(galley_appended_changes_total{outcome="appended"}${OVER}))`,
          'repairs at {{instance}}': `rate(galley_feed_repairs_total${OVER})`,
        },
        unit: 'ops',
      },
    ],
  },
  {
    title: 'How far behind is the feed?',
    panels: [
      {
        title: 'Live',
        description: '1: changes arrive at this gateway soon after their commit.',
        queries: { '{{instance}}': 'galley_feed_live' },
        unit: 'short',
        kind: 'stat',
      },
      {
        title: 'From commit to the log, to gateways, to clients (99 of 100 changes)',
        description: 'The last line is what people feel. The step between two lines shows where time is lost.',
        queries: {
          'in the log': quantile(0.99, 'galley_change_appended_seconds'),
          'at a gateway': quantile(0.99, 'galley_change_arrived_seconds'),
          'written to clients': quantile(0.99, 'galley_change_written_seconds'),
        },
        unit: 's',
      },
      {
        title: 'Changes behind the log',
        description: 'As of the last look at the log, about a second ago.',
        queries: { '{{instance}}': 'galley_feed_behind_changes' },
        unit: 'short',
      },
      {
        title: 'Deliveries and writes a second',
        description: 'A write has all changes that came together: few writes for many deliveries is good.',
        queries: {
          deliveries: `sum(rate(galley_deliveries_total${OVER}))`,
          writes: `sum(rate(galley_writes_total${OVER}))`,
        },
        unit: 'ops',
      },
    ],
  },
  {
    title: 'Who is slow?',
    panels: [
      {
        title: 'Bytes that wait for clients',
        description: 'The page of the gateway’s management port names the clients.',
        queries: { '{{instance}}': 'galley_pending_bytes', 'slowest at {{instance}}': 'galley_pending_bytes_max' },
        unit: 'bytes',
      },
      {
        title: 'Clients cut off because they took nothing, in five minutes',
        description: 'They come back and resume.',
        queries: { '{{instance}}': 'increase(galley_slow_clients_cut_total[5m])' },
        unit: 'short',
      },
      {
        title: 'Requests: 99 of 100 are faster',
        description: 'By route.',
        queries: {
          '{{http_request_method}} {{http_route}}': quantile(
            0.99,
            'http_server_request_duration_seconds',
            ', http_request_method, http_route',
          ),
        },
        unit: 's',
      },
    ],
  },
  {
    title: 'How many are connected, and from where?',
    panels: [
      {
        title: 'Clients by transport and role',
        description: 'Many that poll: a proxy does not let WebSockets through.',
        queries: { '{{transport}}, {{role}}': 'sum by (transport, role) (galley_connections)' },
        unit: 'short',
      },
      {
        title: 'Clients by gateway, and the limit',
        description: 'The page of the gateway’s management port has the addresses with the most clients.',
        queries: {
          '{{instance}}': 'sum by (instance) (galley_connections)',
          'limit of {{instance}}': 'galley_connections_limit',
        },
        unit: 'short',
      },
      {
        title: 'Clients that come, a second',
        description:
          'recovered: sent all they had missed. refetch: that could not be sent, so they fetch their orders.',
        queries: { '{{result}}': `sum by (result) (rate(galley_connects_total${OVER}))` },
        unit: 'ops',
      },
      {
        title: 'Clients that go, a second',
        description: 'drain and token_expired are normal.',
        queries: { '{{reason}}': `sum by (reason) (rate(galley_disconnects_total${OVER}))` },
        unit: 'ops',
      },
      {
        title: 'Refusals a second',
        description: 'By what was wanted and the code of docs/ERRORS.md.',
        queries: { '{{action}}: {{code}}': `sum by (action, code) (rate(galley_refusals_total${OVER}))` },
        unit: 'ops',
      },
    ],
  },
  {
    title: 'Which version?',
    panels: [
      {
        title: 'Builds',
        description: 'More than one for a service: a rollout goes on, or has stopped half-way.',
        queries: {
          '{{service}} {{version}} {{revision}}': 'count by (service, version, revision, node) (galley_build_info)',
        },
        unit: 'short',
        kind: 'table',
      },
      {
        title: 'Requests that fail',
        description: 'If it begins with a new version, go back to the one before.',
        queries: {
          '{{http_response_status_code}}': `sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"4..|5.."}${OVER}))`,
        },
        unit: 'ops',
      },
    ],
  },
  {
    title: 'Is it the stores?',
    panels: [
      {
        title: 'MongoDB and Redis: 99 of 100 operations are faster',
        description: 'By operation.',
        queries: {
          '{{db_system_name}} {{db_operation_name}}': quantile(
            0.99,
            'db_client_operation_duration_seconds',
            ', db_system_name, db_operation_name',
          ),
        },
        unit: 's',
      },
      {
        title: 'Operations that fail, a second',
        description: 'Anything but 0 means that a store is away, full or refuses the user.',
        queries: {
          '{{db_system_name}} {{db_operation_name}}': `sum by (db_system_name, db_operation_name) (rate(db_client_operation_duration_seconds_count{error_type!=""}${OVER}))`,
        },
        unit: 'ops',
      },
      {
        title: 'Appends to the log that fail, and damaged documents',
        description: 'Appends are repeated. Damaged documents are named in the log of the orders API.',
        queries: {
          'failed appends': `sum(rate(galley_append_failures_total${OVER}))`,
          'damaged documents': 'max(galley_damaged_documents)',
        },
        unit: 'short',
      },
    ],
  },
  {
    title: 'Is a process at its end?',
    panels: [
      {
        title: 'CPU of each process',
        description: 'Each has one event loop: at 100 % everybody at this replica waits.',
        queries: { '{{instance}}': `rate(process_cpu_seconds_total${OVER})` },
        unit: 'percentunit',
      },
      {
        title: 'Event loop held up (99 of 100)',
        description: 'Above 0.25 s people notice.',
        queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' },
        unit: 's',
      },
      {
        title: 'Heap in use of what is allowed',
        description: 'The process ends at 100 %.',
        queries: { '{{instance}}': 'nodejs_heap_size_used_bytes / nodejs_heap_size_limit_bytes' },
        unit: 'percentunit',
      },
      {
        title: 'Files and sockets of what is allowed',
        description: 'A gateway refuses clients before it is full.',
        queries: { '{{instance}}': 'process_open_fds / process_max_fds' },
        unit: 'percentunit',
      },
      {
        title: 'Garbage collection: share of the time',
        description: 'Above a tenth, the heap is too small.',
        queries: { '{{instance}}': `sum by (instance) (rate(nodejs_gc_duration_seconds_sum${OVER}))` },
        unit: 'percentunit',
      },
    ],
  },
];
