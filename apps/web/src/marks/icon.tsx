import { type ReactNode } from 'react';

const late = (
  <>
    <path d="M8 2.2 14.3 13.4H1.7z" />
    <path d="M8 6.4v3.4M8 11.6v.1" />
  </>
);

const DRAWINGS = {
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.5 3.5" />
    </>
  ),
  plus: <path d="M8 3v10M3 8h10" />,
  columns: <path d="M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10" />,
  list: <path d="M2.5 4h11M2.5 8h11M2.5 12h11" />,
  late,
  rush: <path d="M9.2 1.2 3.2 9h3.9l-.7 5.8L12.8 7H8.6z" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />,
  close: <path d="m3.5 3.5 9 9M12.5 3.5l-9 9" />,
  note: (
    <>
      <path d="M3 2.5h10v7.5l-3.5 3.5H3z" />
      <path d="M9.5 13.5V10H13" />
    </>
  ),
  message: <path d="M2.5 3h11v8H7.5L4.5 13.5V11h-2z" />,
  copy: (
    <>
      <path d="M5.5 5.5h8v8h-8z" />
      <path d="M10.5 3v-.5h-8v8H3" />
    </>
  ),
  arrow: <path d="M2.5 8h11M9.5 4l4 4-4 4" />,
  down: <path d="m4 6.5 4 4 4-4" />,
  check: <path d="m3 8.5 3.3 3.3L13 4.8" />,
  edit: <path d="m3 13 .6-2.8L10.8 3 13 5.2l-7.2 7.2z" />,
  print: <path d="M4.5 6V2.5h7V6M4.5 11h-2V6h11v5h-2M4.5 9h7v4.5h-7z" />,
  swap: <path d="M2.5 5.5h10L10 3M13.5 10.5h-10L6 13" />,
  no: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="m4 4 8 8" />
    </>
  ),
  mark: (
    <>
      <circle cx="8" cy="8" r="4" />
      <path d="M8 .8v14.4M.8 8h14.4" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** A drawing beside a word, which says the same: readers of the page skip it. */
export const Icon = ({ name, className = '' }: { name: IconName; className?: string }) => (
  <svg className={`i ${className}`.trim()} viewBox="0 0 16 16" aria-hidden="true">
    {DRAWINGS[name]}
  </svg>
);
