import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { GalleyProvider } from '@galley/client/react';
import { Desk } from './desk';

const url = new URLSearchParams(location.search).get('galley') ?? 'http://localhost:3000';

createRoot(document.getElementById('desk')!).render(
  <StrictMode>
    <GalleyProvider url={url}>
      <Desk />
    </GalleyProvider>
  </StrictMode>,
);
