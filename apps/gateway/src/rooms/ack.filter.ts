import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { GalleyError, type Ack } from '#contracts';

/** Answers a failed event through its ack. Nest itself would never ack it, and would echo the payload in an event. */
@Catch()
export class AckFilter implements ExceptionFilter {
  private readonly logger = new Logger(AckFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const refusal = exception instanceof GalleyError ? exception : new GalleyError('internal_error');
    if (refusal !== exception) this.logger.error(exception);
    const ack: unknown = host.getArgByIndex(2);
    if (typeof ack === 'function') {
      const answer: Ack<never> = { ok: false, error: { code: refusal.code, message: refusal.message } };
      (ack as (answer: Ack<never>) => void)(answer);
    }
  }
}
