export { authVariables, DEFAULT_ISSUER, toAuthOptions, type AuthOptions } from './auth-options.js';
export { Authenticator } from './authenticator.js';
export { mintToken, type TokenRequest } from './mint-token.js';
export { demand, mayRead, PERMISSIONS, reachOf, type Action, type Reach } from './permissions.js';
export { ANONYMOUS, ROLES, type Principal, type Role } from './principal.js';
export { SignOuts, type SignOutsOptions } from './sign-outs.js';
export { TrackingLinks, type TrackingToken } from './tracking-links.js';
