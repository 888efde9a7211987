import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ERRORS, GalleyError, invalidRequest, toProblem, type ErrorCode } from '@galley/contracts';

/** Answers every failed request with an RFC 9457 problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const refusal = toRefusal(exception, request);
    if (refusal.code === 'internal_error') this.logger.error(exception);
    sendProblem(reply, refusal);
  }
}

/** Answers requests that Fastify refuses before it has a route, such as a URL that cannot be decoded. */
export function sendFrameworkProblem(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(reply, toRefusal(error, request));
}

/** Answers input that Node refuses before it is a request. Only its connection is known. */
export function sendParserProblem({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return;
  const problem = toProblem(BY_PARSER_CODE[code ?? ''] ?? invalidRequest([{ message: 'is not HTTP' }], 'request'));
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: ${CONTENT_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const BY_PARSER_CODE: Partial<Record<string, GalleyError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new GalleyError('request_timeout'),
  HPE_HEADER_OVERFLOW: new GalleyError('headers_too_large'),
};

const CONTENT_TYPE = 'application/problem+json; charset=utf-8';

function sendProblem(reply: FastifyReply, refusal: GalleyError): void {
  const { retryAfterSeconds } = refusal.options;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  if (ERRORS[refusal.code].status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply
    .status(ERRORS[refusal.code].status)
    .header('content-type', CONTENT_TYPE)
    .send(JSON.stringify(toProblem(refusal)));
}

/** Our error codes for refusals by Nest and Fastify, by HTTP status. */
const BY_STATUS: Partial<Record<number, ErrorCode>> = {
  404: 'route_not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

function toRefusal(exception: unknown, request: FastifyRequest): GalleyError {
  if (exception instanceof GalleyError) return exception;
  const status = statusOf(exception);
  const message = exception instanceof Error ? exception.message : undefined;
  if (status === undefined || status >= 500) return new GalleyError('internal_error', undefined, { cause: exception });
  const code = BY_STATUS[status];
  if (code === 'route_not_found') return new GalleyError(code, `There is no ${request.method} ${request.url}`);
  if (code) return new GalleyError(code, undefined, { errors: [{ field: 'body', message: message ?? code }] });
  return invalidRequest([{ message: message ?? 'is not valid' }]);
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  const { statusCode } = (exception ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}
