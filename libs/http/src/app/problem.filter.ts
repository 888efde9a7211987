import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ERRORS, GalleyError, invalidRequest } from '@galley/contracts';
import { SECURITY_HEADERS } from '../headers/security-headers.js';
import { codeOfStatus } from '../problems/library-refusals.js';
import { toProblemAnswer } from '../problems/problem-answer.js';
import { type AllowedMethods } from './allowed-methods.js';

/** Answers every failed request with an RFC 9457 problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  /** @param refused is told of each refusal */
  constructor(
    private readonly allowed: AllowedMethods,
    private readonly refused: (refusal: GalleyError, request: FastifyRequest) => void,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also answers requests that Fastify refuses before it has a route, such as a URL that cannot be decoded. */
  answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = this.toRefusal(exception, request);
    if (refusal.code === 'internal_error') this.logger.error(exception, { requestId: request.id });
    else this.refused(refusal, request);
    const { status, headers, body } = toProblemAnswer(refusal);
    // Fastify runs no hooks for requests that it refuses before it has a route.
    void reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id, ...headers });
    void reply.status(status).send(body);
  }

  private toRefusal(exception: unknown, request: FastifyRequest): GalleyError {
    if (exception instanceof GalleyError) return exception;
    const status = statusOf(exception);
    const message = exception instanceof Error ? exception.message : undefined;
    if (status === undefined || status >= 500) {
      return new GalleyError('internal_error', undefined, { cause: exception });
    }
    const code = codeOfStatus(status);
    if (code === 'route_not_found') return this.allowed.refusalOf(request);
    if (code === 'invalid_request')
      return invalidRequest([{ message: message === undefined ? 'is not valid' : `is refused: ${message}` }]);
    return new GalleyError(code, undefined, { errors: [{ field: 'body', message: message ?? ERRORS[code].title }] });
  }
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  const { statusCode } = (exception ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}
