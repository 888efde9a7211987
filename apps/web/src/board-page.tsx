import './style/tokens.css';
import './style/reset.css';
import './style/button.css';
import './style/base.css';
import './style/notice.css';
import './page/one-version.js';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { GalleyProvider } from '@galley/client/react';
import { Board } from './board/board.js';
import { currentToken, identityOf, useToken } from './page/identity.js';
import { words } from './page/page.js';
import { Entrance } from './sign-in/entrance.js';

const Wall = lazy(async () => ({ default: (await import('./wall/wall.js')).Wall }));
const OwnOrders = lazy(async () => ({ default: (await import('./sign-in/own-orders.js')).OwnOrders }));

const isWall = location.pathname === '/wall';

function Page() {
  const token = useToken();
  const isCustomer = identityOf(token).role === 'customer';
  const View = isWall ? Wall : isCustomer ? OwnOrders : Board;
  return (
    // Another token is another user: nothing of the one before may stay.
    <GalleyProvider key={token ?? ''} url={location.origin} token={currentToken}>
      <Entrance isWall={isWall}>
        <Suspense>
          <View />
        </Suspense>
      </Entrance>
    </GalleyProvider>
  );
}

if (isWall) document.title = words.wall.title;
const page = document.getElementById('page');
if (page) {
  createRoot(page).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
