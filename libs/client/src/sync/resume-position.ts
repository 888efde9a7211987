/** The epoch and the sequence number of `<epoch>:<seq>`; the parser of `#contracts` would bring zod along. */
function parts(position: string): [epoch: string, seq: number] {
  const colon = position.lastIndexOf(':');
  return [position.slice(0, colon), Number(position.slice(colon + 1))];
}

/** The later one of two positions. One of another epoch than `known` is later: epochs follow each other. */
export function laterPosition(known: string | undefined, told: string): string {
  if (known === undefined) return told;
  const [[knownEpoch, knownSeq], [toldEpoch, toldSeq]] = [parts(known), parts(told)];
  return knownEpoch === toldEpoch && knownSeq > toldSeq ? known : told;
}
