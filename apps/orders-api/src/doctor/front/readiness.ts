import { z } from 'zod';
import { readyReport } from '@galley/runtime';
import { about, PLACES, type Finding } from '../finding.js';
import { describeAnswer, fieldsOf, type Answer } from './front.js';

/** What is used of the report. A newer version may have more in it. */
const report = z.object({ status: z.string(), details: readyReport.shape.details });
type Details = z.infer<typeof report>['details'];

const front = about('front');

/** Judges the answer to `GET /health/ready`. */
export function judgeReadiness(url: string, answer: Answer): Finding {
  const { data } = report.safeParse(fieldsOf(answer));
  if (!data) {
    return front.fail(
      `${url}/health/ready is answered ${describeAnswer(answer)}, not as Galley does`,
      'check --url, and that the front passes on what an orders API answers',
      PLACES.offline,
    );
  }
  if (answer.status === 200 && data.status === 'ok') return front.ok(`${url} answers, and the orders API is ready`);
  const reasons = describeChecks(data.details);
  return answer.status === 200
    ? front.warn(`the orders API is degraded: ${reasons}`, 'see what the reason names', PLACES.monitoring)
    : front.fail(`the orders API is not ready (${data.status}): ${reasons}`, 'see its log', PLACES.failures);
}

/** @param reason why there is no answer */
export const judgeSilence = (url: string, reason: string): Finding =>
  front.fail(
    `${url} does not answer: ${reason}`,
    'start Galley and what is in front of it, or set --url',
    PLACES.offline,
  );

/** The checks that are not up, with their reasons and figures. */
function describeChecks(details: Details): string {
  const failed = Object.entries(details).filter(([, { status }]) => status !== 'up');
  return failed.map(([name, result]) => `${name}: ${describeCheck(result)}`).join('; ') || 'it gives no reason';
}

function describeCheck({ status, reason, ...figures }: Details[string]): string {
  const told = Object.entries(figures).map(([name, value]) => `${name} ${String(value)}`);
  return [reason ?? status, ...told].join(', ');
}
