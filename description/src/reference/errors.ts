import { ERRORS, GalleyError, toProblem, type ErrorCode } from '@galley/contracts';
import { formatted } from '../formatted.js';

/** What a caller should do about each refusal. */
const REMEDIES: Record<ErrorCode, string> = {
  invalid_request: 'Correct the fields that `errors` names; each says what it must be.',
  unauthenticated: 'Send a token: `Authorization: Bearer …`, or `auth: { token }` on a socket.',
  token_invalid:
    'Get a new token from your issuer. If it is refused, too, compare its key, `iss` and `aud` with the settings.',
  token_expired: 'Get a new token and send the request again.',
  signed_out: 'Sign in again. A token that was issued up to five seconds after the sign-out is refused, too.',
  forbidden: 'Use a token of a role that may do this. `docs/SECURITY.md` has the table of roles.',
  order_not_found: 'Check the id. An order that this token may not see is answered in the same way.',
  route_not_found: 'Check the path. `docs/REST.md` lists all routes.',
  method_not_allowed: 'Use a method that the header `Allow` names.',
  request_timeout: 'Send the whole request within the time, on a better connection or with a smaller body.',
  order_closed: 'Open the order first, with `{ "closed": false }`, alone or together with the change.',
  order_exists: 'Choose another id. An id is never given again, not even after its order was deleted.',
  precondition_failed: 'Read the order again and decide whether the change is still wanted.',
  body_too_large: 'Send a smaller body.',
  unsupported_media_type: 'Send JSON in UTF-8, with `Content-Type: application/json`.',
  expectation_failed: 'Send no `Expect` header, or only `100-continue`.',
  idempotency_key_reused: 'Use a new key for each request. Only a repetition of the same request takes the same key.',
  too_many_rooms: 'Leave an order (`leaveRoom`) before you follow another one, or follow all orders.',
  too_many_requests: 'Wait for the time in `Retry-After` and then send fewer requests.',
  too_many_connections: 'Close connections of this user or address that are not needed, then try again.',
  headers_too_large: 'Send fewer or shorter headers, for example without the cookies of other pages.',
  internal_error:
    'Try again later. If it stays, give the operators the `X-Request-Id` of the answer: their log has the cause.',
  unavailable:
    'Try again after `Retry-After`. Repeat a write with the same `Idempotency-Key`, because it may have been stored.',
};

const INTRODUCTION = `# Error codes

Every refusal has one of these codes, over HTTP in a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), over
Socket.IO in the \`data\` of \`connect_error\` or in the acknowledgement. A code keeps its name and its meaning
forever; its sentences may change. \`retryable\` says whether the same request may succeed later.

\`npm run docs:api\` writes this page from the table that the programs use.
`;

const codes = Object.keys(ERRORS) as ErrorCode[];

/** `docs/ERRORS.md` */
export function writeErrors(): Promise<string> {
  const rows = codes.map((code) => {
    const { status, title, retryable } = toProblem(new GalleyError(code));
    return `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${title} | ${REMEDIES[code]} |`;
  });
  const table = ['| code | status | retryable | meaning | what to do |', '| - | - | - | - | - |', ...rows].join('\n');
  return formatted(`${INTRODUCTION}\n${table}\n`, 'docs/ERRORS.md');
}
