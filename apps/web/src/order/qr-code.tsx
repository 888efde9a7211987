import './qr-code.css';
import { useMemo, type CSSProperties } from 'react';
import { encode } from 'uqr';

/** The light edge that readers of codes need, in modules. */
const QUIET_ZONE = 4;

/**
 * A QR code as one drawing, dark on light in either theme. Its modules are whole pixels on a screen, and whole dots of printers: what
 * lies between is grey, and makes a large code unreadable.
 */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { data, size } = encode(text, { border: 0, ecc: 'L' });
    const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { path: dark.join(''), size };
  }, [text]);
  const edge = size + 2 * QUIET_ZONE;
  return (
    <svg
      className="qr"
      style={{ '--modules': edge } as CSSProperties}
      viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${edge} ${edge}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path fill="currentColor" d={path} />
    </svg>
  );
}
