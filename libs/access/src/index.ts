export {
  authVariables,
  DEFAULT_ISSUER,
  signingVariables,
  toAuthOptions,
  toSigningKey,
  userSigningKey,
  type AuthOptions,
} from './identity/auth-options.js';
export { Authenticator } from './identity/authenticator.js';
export { bearerOf } from './identity/bearer-token.js';
export { mintToken, type TokenRequest } from './identity/mint-token.js';
export { actorOf, ANONYMOUS, keyOf, ROLES, type Principal, type Role } from './identity/principal.js';
export { type SigningKey } from './identity/signing-key.js';
export { SignOuts, type SignOutsOptions } from './identity/sign-outs.js';
export { TrackingLinks, type TrackingToken } from './identity/tracking-links.js';
export { type VerifyingKey } from './identity/verifying-keys.js';
export { Counter } from './limits/counter.js';
export { TokenBuckets, type BucketOptions } from './limits/token-buckets.js';
export { demand, mayRead, PERMISSIONS, reachOf, type Action, type Reach } from './permissions/permissions.js';
