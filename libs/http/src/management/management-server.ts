import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { GalleyError } from '@galley/contracts';
import { HealthReports, Identity, Metrics } from '@galley/runtime';
import { SECURITY_HEADERS } from '../headers/security-headers.js';
import { Hosts, parseHost } from '../peers/hosts.js';
import { writeProblem } from '../problems/problem-answer.js';
import { type ManagementOptions } from './management-variables.js';
import { Overview } from './overview.js';
import { OVERVIEW_POLICY, overviewPage } from './overview-page.js';

/** Prometheus, a probe and a few people. More would be a mistake, and must not take descriptors from clients. */
const MAX_CONNECTIONS = 64;
const DEADLINES = { requestTimeout: 5_000, headersTimeout: 5_000 };

const METHODS = ['GET', 'HEAD'];

interface Answer {
  status?: number;
  type: string;
  body: string;
  policy?: string;
}

const json = (body: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(body)}\n`,
});

/**
 * What operators ask a process, on a port of its own that no customer reaches: `/metrics`, `/health/live`, `/health/ready`,
 * `/version`, and a page about the process. It changes nothing and tells no secrets.
 */
@Injectable()
export class ManagementServer implements OnApplicationShutdown {
  private readonly logger = new Logger('Management');
  private server?: Server;
  private hosts = new Hosts([]);

  private readonly routes: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/': () => ({
      type: 'text/html; charset=utf-8',
      body: overviewPage(this.identity, this.overview.sections(), new Date()),
      policy: OVERVIEW_POLICY,
    }),
    '/metrics': async () => ({ type: Metrics.contentType, body: await this.metrics.text() }),
    '/version': () => json({ ...this.identity.fields, node: process.versions.node }),
    '/health/live': () => json(this.health.live()),
    '/health/ready': async () => {
      const { status, body } = await this.health.ready();
      return json(body, status);
    },
  };

  constructor(
    private readonly identity: Identity,
    private readonly metrics: Metrics,
    private readonly health: HealthReports,
    private readonly overview: Overview,
  ) {}

  /** @returns the port, which the system chooses if `port` is 0 */
  async listen({ host, port, allowedHosts }: ManagementOptions): Promise<number> {
    this.hosts = new Hosts(allowedHosts);
    const server = createServer(DEADLINES, (request, response) => {
      request.resume(); // no route takes a body
      this.answer(request, response).catch((error: unknown) => {
        this.refuse(request, response, error);
      });
    });
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port }, resolve);
    });
    this.metrics.addProcess();
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  /** It answers until the drain is over, so that a stop can be watched. */
  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  /** @throws GalleyError */
  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.checkPage(request);
    const { method = '', url = '' } = request;
    const route = this.routes[url.replace(/\?.*/s, '')];
    if (!route) throw new GalleyError('route_not_found');
    if (!METHODS.includes(method)) throw new GalleyError('method_not_allowed', undefined, { allowedMethods: METHODS });
    const { status = 200, type, body, policy } = await route();
    response.writeHead(status, {
      ...SECURITY_HEADERS,
      ...(policy !== undefined && { 'content-security-policy': policy }),
      ...{ 'content-type': type, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) },
    });
    response.end(method === 'HEAD' ? undefined : body);
  }

  /**
   * There is no token, so no page of another host may read this, whatever its name means at the moment.
   * @throws GalleyError
   */
  private checkPage({ headers }: IncomingMessage): void {
    const { host, origin } = headers;
    const isForeign = origin !== undefined || ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));
    if (isForeign && headers['sec-fetch-mode'] !== 'navigate') throw new GalleyError('forbidden', FOREIGN_PAGE);
    const isPlainName = parseHost(host ?? '')?.name.includes('.') === false;
    if (!isPlainName && !this.hosts.allow(host)) throw new GalleyError('forbidden', UNKNOWN_HOST);
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const refusal = error instanceof GalleyError ? error : new GalleyError('internal_error');
    if (refusal !== error) this.logger.error(error);
    writeProblem(request, response, refusal);
  }
}

const UNKNOWN_HOST =
  'This port answers to localhost, addresses and names without a dot: name this host in ALLOWED_HOSTS';
const FOREIGN_PAGE = 'Pages of other origins may not use this port';
