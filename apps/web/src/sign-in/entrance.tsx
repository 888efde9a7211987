import { useEffect, useRef, useState } from 'react';
import { type ErrorCode, type TrackerError } from '@galley/client';
import { useConnection, useOrders } from '@galley/client/react';
import { storedToken, useSignIns } from '../page/identity.js';
import { tokenUrl, words } from '../page/page.js';
import { SignIn } from './sign-in.js';

/** What the server says about a token that it does not take, and what the page says then. */
const SAYS: Partial<Record<string, string>> = {
  unauthenticated: '',
  token_invalid: words.signIn.refused,
  token_expired: words.signIn.ended,
  signed_out: words.signIn.ended,
  forbidden: words.signIn.forbidden,
} satisfies Partial<Record<ErrorCode, string>>;

/** Shows what is behind it, unless the server asks for another token: then the page asks for one. */
export function Entrance({ isWall, children }: { isWall: boolean; children: React.ReactNode }) {
  const { tracker } = useOrders({ open: true });
  const connection = useConnection();
  const [code, setCode] = useState<string>();
  useEffect(
    () =>
      tracker.current.on('error', (error: TrackerError) => {
        // A shop's own sign-in gives the next token by itself.
        const isRenewed = error.code === 'token_expired' && tokenUrl !== undefined;
        if (error.code !== undefined && error.code in SAYS && !isRenewed) setCode(error.code);
      }),
    [tracker],
  );
  const signIns = useSignIns();
  const isLive = connection === 'live';
  useEffect(() => {
    if (isLive) setCode(undefined);
  }, [isLive]);
  // A tracker that has given up tries again with another token of the same user.
  const triedAfter = useRef(signIns);
  useEffect(() => {
    if (triedAfter.current === signIns) return;
    triedAfter.current = signIns;
    tracker.current.stop();
    tracker.current.start();
  }, [tracker, signIns]);
  const isRefused = code !== undefined && !isLive;
  if (!isRefused) return children;
  if (isWall && storedToken() === undefined) return <p className="wall-ask">{words.wall.noToken}</p>;
  return <SignIn says={SAYS[code] ?? ''} />;
}
