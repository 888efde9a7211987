import './style/tokens.css';
import './style/reset.css';
import './style/button.css';
import './style/base.css';
import './style/notice.css';
import './page/one-version.js';
import { lazy, StrictMode, Suspense, useCallback } from 'react';
import { createRoot } from 'react-dom/client';
import { GalleyProvider } from '@galley/client/react';
import { Board } from './board/board.js';
import { FailureBoundary } from './page/failure-boundary.js';
import { currentToken, identityOf, useToken, userOf } from './page/identity.js';
import { words } from './page/page.js';
import { followServerClock } from './page/server-clock.js';
import { Entrance } from './sign-in/entrance.js';

const Wall = lazy(async () => ({ default: (await import('./wall/wall.js')).Wall }));
const OwnOrders = lazy(async () => ({ default: (await import('./sign-in/own-orders.js')).OwnOrders }));

/** Nobody presses a button on a wall. */
const WALL_RELOAD_MS = 30_000;

const isAtWall = location.pathname === '/wall';

function Page() {
  const token = useToken();
  const { role } = identityOf(token);
  // A screen may change nothing, wherever it is opened.
  const isWall = isAtWall || role === 'screen';
  const View = isWall ? Wall : role === 'customer' ? OwnOrders : Board;
  const user = userOf(token);
  /** What one user has not saved yet is not sent with the token of another one. */
  const tokenOfUser = useCallback(async () => {
    const current = await currentToken();
    return userOf(current) === user ? current : undefined;
  }, [user]);
  return (
    // Nothing of the user before may stay.
    <GalleyProvider key={user} url={location.origin} token={tokenOfUser}>
      <Entrance isWall={isWall}>
        <Suspense>
          <View />
        </Suspense>
      </Entrance>
    </GalleyProvider>
  );
}

followServerClock();
if (isAtWall) document.title = words.wall.title;
const page = document.getElementById('page');
if (page) {
  createRoot(page).render(
    <StrictMode>
      <FailureBoundary {...(isAtWall && { reloadAfterMs: WALL_RELOAD_MS })}>
        <Page />
      </FailureBoundary>
    </StrictMode>,
  );
}
