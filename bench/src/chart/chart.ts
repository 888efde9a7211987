import { formatTick, ticksUpTo } from './ticks.js';

export interface Point {
  x: number;
  y: number;
}

export interface Series {
  name: string;
  points: readonly Point[];
}

/** One pair of axes, both from 0. */
export interface Panel {
  /** What the y axis shows, with its unit. */
  title: string;
  xLabel: string;
  /** At most as many as there are colours. */
  series: readonly Series[];
}

export interface Chart {
  title: string;
  /** What the picture shows, for those who cannot see it. */
  description: string;
  /** From left to right. */
  panels: readonly Panel[];
}

const PANEL = { width: 350, height: 290 };
/** Around the axes of a panel. */
const MARGIN = { top: 66, right: 24, bottom: 50, left: 58 };
const COLOURS = 3;
const TICKS = { x: 4, y: 4 };
/** Where the name of a series is written below the title. */
const LEGEND = { y: 48, swatch: 14, gap: 5, perCharacter: 6.6, between: 14 };

/** Draws it as SVG, which is light or dark as the reader's system is. */
export function drawChart({ title, description, panels }: Chart): string {
  const width = PANEL.width * panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${PANEL.height}" width="${width}" height="${PANEL.height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${PANEL.height - 1}" rx="8"/>`,
    ...panels.map((panel, i) => `<g transform="translate(${i * PANEL.width} 0)">\n${drawPanel(panel)}\n</g>`),
    '</svg>\n',
  ].join('\n');
}

const STYLE = [
  "text{font:12px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1c2530}.title{font-size:14px;font-weight:600}",
  '.paper{fill:#fbfaf7;stroke:#c9c4b8}.grid{stroke:#e2ded4}.axis{stroke:#6b7683}.line{fill:none;stroke-width:2.5}',
  '.s0{stroke:#b3391b;--c:#b3391b}.s1{stroke:#1f5f8b;--c:#1f5f8b}.s2{stroke:#3d7a3a;--c:#3d7a3a}.dot{fill:var(--c)}',
  '.s1.line{stroke-dasharray:7 4}.s2.line{stroke-dasharray:2 4}',
  '@media (prefers-color-scheme:dark){text{fill:#e6e3dc}.paper{fill:#171c22;stroke:#39424d}.grid{stroke:#2a323b}',
  '.axis{stroke:#8b96a3}.s0{stroke:#f08a6c;--c:#f08a6c}.s1{stroke:#7db8e0;--c:#7db8e0}.s2{stroke:#8fce8a;--c:#8fce8a}}',
].join('');

function drawPanel({ title, xLabel, series }: Panel): string {
  if (series.length > COLOURS) throw new Error(`${title}: ${series.length} series, but ${COLOURS} colours`);
  const points = series.flatMap((each) => each.points);
  const xTicks = ticksUpTo(greatest(points.map(({ x }) => x)), TICKS.x);
  const yTicks = ticksUpTo(greatest(points.map(({ y }) => y)), TICKS.y);
  const [left, right] = [MARGIN.left, PANEL.width - MARGIN.right];
  const [top, bottom] = [MARGIN.top, PANEL.height - MARGIN.bottom];
  const xOf = (x: number) => round(left + ((right - left) * x) / (xTicks.at(-1) ?? 1));
  const yOf = (y: number) => round(bottom - ((bottom - top) * y) / (yTicks.at(-1) ?? 1));
  return [
    `<text class="title" x="${MARGIN.left}" y="26">${escape(title)}</text>`,
    ...(series.length > 1 ? drawLegend(series) : []),
    ...yTicks.flatMap((tick) => [
      `<path class="${tick === 0 ? 'axis' : 'grid'}" d="M${left} ${yOf(tick)}H${right}"/>`,
      `<text x="${left - 8}" y="${yOf(tick) + 4}" text-anchor="end">${formatTick(tick)}</text>`,
    ]),
    ...xTicks.flatMap((tick) => [
      `<path class="axis" d="M${xOf(tick)} ${bottom}v5"/>`,
      `<text x="${xOf(tick)}" y="${bottom + 19}" text-anchor="middle">${formatTick(tick)}</text>`,
    ]),
    `<text x="${(left + right) / 2}" y="${PANEL.height - 11}" text-anchor="middle">${escape(xLabel)}</text>`,
    ...series.flatMap(({ points: own }, i) => [
      `<path class="line s${i}" d="M${own.map(({ x, y }) => `${xOf(x)} ${yOf(y)}`).join('L')}"/>`,
      ...own.map(({ x, y }) => `<circle class="dot s${i}" cx="${xOf(x)}" cy="${yOf(y)}" r="2.5"/>`),
    ]),
  ].join('\n');
}

/** The names of the series beside each other, each after a piece of its line. */
function drawLegend(series: readonly Series[]): string[] {
  const { y, swatch, gap, perCharacter, between } = LEGEND;
  let x = MARGIN.left;
  return series.flatMap(({ name }, i) => {
    const at = x;
    x += swatch + gap + name.length * perCharacter + between;
    return [
      `<path class="line s${i}" d="M${round(at)} ${y - 4}h${swatch}"/>`,
      `<text x="${round(at + swatch + gap)}" y="${y}">${escape(name)}</text>`,
    ];
  });
}

/** At least a little more than 0, so that there is an axis. */
const greatest = (values: readonly number[]): number => Math.max(1e-9, ...values);

const round = (pixels: number) => Math.round(pixels * 10) / 10;

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
