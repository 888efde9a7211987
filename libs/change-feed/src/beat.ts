/**
 * What a writer of the feed says every second, so that readers can tell a quiet feed from a dead one. It is no entry of the
 * log and has no position.
 */
export interface FeedBeat {
  /** How long the oldest change that is not published has waited, in milliseconds; 0 if there is none. */
  unpublishedForMs: number;
}

export const BEAT_EVERY_MS = 1_000;

/** A feed without a beat for so long is not live. */
export const SILENT_AFTER_MS = 5_000;

/** A feed is not live while a change has waited for so long. */
export const LATE_AFTER_MS = 5_000;

const BEAT = /^beat (\d{1,15})$/;

export const encodeBeat = ({ unpublishedForMs }: FeedBeat): string => `beat ${Math.round(unpublishedForMs)}`;

/** @returns undefined if the message is no beat */
export function decodeBeat(message: string): FeedBeat | undefined {
  const [, unpublishedForMs] = BEAT.exec(message) ?? [];
  return unpublishedForMs === undefined ? undefined : { unpublishedForMs: Number(unpublishedForMs) };
}
