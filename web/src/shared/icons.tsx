import type { VNode } from 'preact';

const shapes = {
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  trash: 'M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3',
  cart: 'M3 4h2.2l2.3 11h10.3l2.2-8H6.2M9.5 19.5h.01M16.5 19.5h.01',
  search: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16.2 16.2 21 21',
  filter: 'M4 7h16M7 12h10M10 17h4',
  out: 'M14 4h6v6M20 4l-9 9M18 14v5H5V6h5',
  alert: 'M12 8v5M12 16.5h.01M12 3 2.5 20h19L12 3z',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 5l-7 7 7 7',
  next: 'M9.5 5l7 7-7 7',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  chart: 'M4 4v16h16M8 14l4-5 3 3 5-6',
};

/** A line drawing for sighted people only: the text beside it, or the label of its button, says the same. */
export function Icon({ name }: { name: keyof typeof shapes }): VNode {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
