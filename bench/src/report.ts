import { SYSTEMS, type Figure, type PeerName, type SystemName } from './load/context.js';
import { describeUsage, type Usage } from './load/usage.js';

/** One line of the table, and of the JSON. */
export interface Row {
  name: string;
  /** Whether each system delivered all that it was sent, each time: a row that is not says nothing. */
  valid: boolean;
  ours: number | null;
  stock: number | null;
  floor: number | null;
  /** How many times better ours is, whether more or less is better. */
  ratioToStock: number | null;
  ratioToFloor: number | null;
  /** What each peer that was asked for has reached, and how many times better ours is. */
  peers: Partial<Record<PeerName, { value: number | null; ratio: number | null }>>;
  unit: string;
  /** What each system took for its median. */
  usage: Partial<Record<SystemName, Usage>>;
}

/** @param runs the figures of each run, by system. */
export function toRow(
  name: string,
  runs: Partial<Record<SystemName, Figure[][]>>,
  peers: readonly PeerName[] = [],
): Row {
  const figuresOf = (system: SystemName) =>
    runs[system]?.map((figures) => figures.find((figure) => figure.name === name)) ?? [];
  const systems = [...SYSTEMS, ...peers];
  const { unit = '', better = 'higher' } = figuresOf('ours')[0] ?? {};
  const medianOf = (system: SystemName) => median(figuresOf(system));
  const valueOf = (system: SystemName) => medianOf(system)?.value ?? null;
  const ours = valueOf('ours');
  const ratioTo = (system: SystemName) => {
    const other = valueOf(system);
    if (ours === null || other === null) return null;
    return better === 'higher' ? ours / other : other / ours;
  };
  return {
    ...{ name, valid: systems.flatMap(figuresOf).every((figure) => figure?.valid === true) },
    ...{ ours, stock: valueOf('stock'), floor: valueOf('floor') },
    ...{ ratioToStock: ratioTo('stock'), ratioToFloor: ratioTo('floor') },
    peers: Object.fromEntries(peers.map((peer) => [peer, { value: valueOf(peer), ratio: ratioTo(peer) }])),
    unit,
    usage: Object.fromEntries(systems.map((system) => [system, medianOf(system)?.usage])),
  };
}

/** As they come, with what the table leaves out. */
export function printFigures(system: SystemName, figures: readonly Figure[]): void {
  for (const { name, value, unit, valid, detail, usage } of figures) {
    const notes = [
      unit,
      ...(detail === undefined ? [] : [detail]),
      describeUsage(usage),
      ...(valid ? [] : ['INVALID']),
    ].join('; ');
    process.stdout.write(`${name.padEnd(21)}${system.padEnd(11)}${format(value).padStart(12)}  ${notes}\n`);
  }
}

const COLUMN = 12;
/** Wide enough for `to centrifugo`. */
const PEER_COLUMN = 15;

const line = (name: string, unit: string, numbers: readonly string[], ofPeers: readonly string[]) =>
  name.padEnd(21) +
  numbers.map((text) => text.padStart(COLUMN)).join('') +
  ofPeers.map((text) => text.padStart(PEER_COLUMN)).join('') +
  `  ${unit}\n`;

export function printHeadings(peers: readonly PeerName[]): void {
  const ofPeers = peers.flatMap((peer) => [peer, `to ${peer}`]);
  process.stdout.write(line('', 'unit', ['ours', 'stock', 'floor', 'to stock', 'to floor'], ofPeers));
}

export function printRow(row: Row): void {
  const times = (ratio: number | null) => (ratio === null ? '' : `${format(ratio)} x`);
  const numbers = [
    format(row.ours),
    format(row.stock),
    format(row.floor),
    times(row.ratioToStock),
    times(row.ratioToFloor),
  ];
  const ofPeers = Object.values(row.peers).flatMap(({ value, ratio }) => [format(value), times(ratio)]);
  const unit = `${row.unit}${row.valid ? '' : ', INVALID: not everything was delivered'}`;
  process.stdout.write(line(row.name, unit, numbers, ofPeers));
}

function median(figures: readonly (Figure | undefined)[]): Figure | undefined {
  const known = figures.filter((figure) => figure !== undefined).sort((a, b) => a.value - b.value);
  return known[Math.floor(known.length / 2)];
}

function format(value: number | null): string {
  if (value === null) return '-';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
}
