import { useRef, useState } from 'react';
import { type TrackingLink } from '@galley/client';
import { Icon } from '../marks/icon.js';
import { type Edits } from '../moves/edits.js';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { request } from '../page/rest.js';
import { QrCode } from './qr-code.js';

interface MadeLink {
  /** Absent until it was made: each one is a key to the order, so none is made unasked. */
  url?: string;
  /** ISO 8601. */
  expiresAt?: string;
  hasFailed: boolean;
  make: () => void;
}

export function useTrackingLink(orderId: string): MadeLink {
  const [link, setLink] = useState<TrackingLink>();
  const [hasFailed, setFailed] = useState(false);
  const make = () => {
    setFailed(false);
    request<TrackingLink>('POST', `/orders/${encodeURIComponent(orderId)}/tracking-links`).then(setLink, () => {
      setFailed(true);
    });
  };
  // Without PUBLIC_URL, the orders API gives the path alone.
  const url = link && new URL(link.url, location.href).href;
  return { url, expiresAt: link?.expiresAt, hasFailed, make };
}

/** The link that shows the order to its customer: to copy, and as a QR code. */
export function TrackingLinkSection({ link, edits }: { link: MadeLink; edits: Edits }) {
  const now = useMinute();
  const { url, expiresAt, hasFailed, make } = link;
  const { panel } = words;
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    try {
      // There is no clipboard on pages that come without TLS.
      await navigator.clipboard.writeText(url ?? '');
      edits.say(words.toast.copied);
    } catch {
      edits.say(words.toast.copyByHand);
    }
  };
  return (
    <section className="section">
      <h3>
        {panel.link} {expiresAt !== undefined && <small>{panel.validUntil(dates.day(expiresAt, now))}</small>}
      </h3>
      {url === undefined ? (
        <>
          <button className="button" onClick={make}>
            {panel.makeLink}
          </button>
          <p className="hint under">{panel.linkHint}</p>
        </>
      ) : (
        <div className="link-row">
          <div className="link-field">
            <input
              ref={field}
              readOnly
              value={url}
              aria-label={panel.link}
              onFocus={({ target }) => {
                target.select();
              }}
            />
            <button className="button" onClick={() => void copy()}>
              <Icon name="copy" />
              {panel.copy}
            </button>
          </div>
          <p className="hint">{panel.linkHint}</p>
          <QrCode text={url} label={panel.qr} />
        </div>
      )}
      {hasFailed && <p role="alert">{panel.noLink}</p>}
    </section>
  );
}
