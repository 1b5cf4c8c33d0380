import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { axisFor, strideFor } from './scale.ts';

/** One point of the line. */
export interface Mark {
  value: number;
  /** Under the axis. */
  tick: string;
  /** In full, when the point is chosen. */
  name: string;
  amount: string;
  more: string;
}

interface Props {
  label: string;
  marks: Mark[];
  /** Smallest distance of two lines of the grid. */
  finest: number;
  write(value: number): string;
}

const HEIGHT = 220;
const [TOP, BOTTOM, RIGHT] = [14, 28, 14];
/** Of a character of the labels, in CSS pixels; a guess that is rather too wide. */
const CHARACTER = 7;
/** Points are drawn where they are this far apart. */
const ROOMY = 9;
const CARD = 190;

/** A line over time, in pixels of its own, so that its letters are as large as others. Time goes from left to right in every language. */
export function Chart({ label, marks, finest, write }: Props): VNode {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [active, setActive] = useState<number>();
  const [told, setTold] = useState('');
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => setWidth(Math.floor(element.clientWidth));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const last = marks.length - 1;
  const { low, high, ticks } = axisFor(marks.map(mark => mark.value), finest);
  const left = Math.max(...ticks.map(tick => write(tick).length)) * CHARACTER + 12;
  const room = Math.max(1, width - left - RIGHT);
  const x = (index: number): number => left + (index / last) * room;
  const y = (value: number): number => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const line = marks.map((mark, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(mark.value).toFixed(1)}`).join('');
  const stride = strideFor(marks.length, room, Math.max(...marks.map(mark => mark.tick.length)) * CHARACTER + 14);
  const chosen = active === undefined ? undefined : marks[active];

  const choose = (index: number): void => {
    const next = Math.max(0, Math.min(last, index));
    setActive(next);
    const mark = marks[next];
    if (mark !== undefined) setTold(`${mark.name}: ${mark.amount}, ${mark.more}`);
  };
  const press = (event: KeyboardEvent): void => {
    const at = active ?? last;
    const steps: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last, PageUp: at - 7, PageDown: at + 7 };
    const next = steps[event.key];
    if (event.key === 'Escape') setActive(undefined);
    else if (next !== undefined) choose(next);
    else return;
    event.preventDefault();
  };
  const point = (event: PointerEvent): void => {
    const from = box.current!.getBoundingClientRect().left;
    setActive(Math.max(0, Math.min(last, Math.round(((event.clientX - from - left) / room) * last))));
  };

  return (
    <div
      class="chart"
      ref={box}
      role="application"
      aria-roledescription="chart"
      aria-label={label}
      tabIndex={0}
      onKeyDown={press}
      onFocus={() => choose(active ?? last)}
      onBlur={() => setActive(undefined)}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={event => document.activeElement !== event.currentTarget && setActive(undefined)}
    >
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true" focusable="false">
        {width > 0 && (
          <>
            {ticks.map(tick => (
              <g key={tick}>
                <line class={tick === 0 ? 'grid zero' : 'grid'} x1={left} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
                <text x={left - 8} y={y(tick) + 4} text-anchor="end">
                  {write(tick)}
                </text>
              </g>
            ))}
            {marks.map(
              (mark, index) =>
                index % stride === 0 && (
                  <text key={index} x={Math.min(x(index), width - (mark.tick.length * CHARACTER) / 2)} y={HEIGHT - 7} text-anchor="middle">
                    {mark.tick}
                  </text>
                ),
            )}
            <path class="area" d={`${line}L${x(last).toFixed(1)} ${y(0).toFixed(1)}L${left} ${y(0).toFixed(1)}Z`} />
            <path class="line" d={line} />
            {room / last >= ROOMY && marks.map((mark, index) => <circle key={index} class="point" cx={x(index)} cy={y(mark.value)} r="3" />)}
            {active !== undefined && chosen !== undefined && (
              <>
                <line class="cursor" x1={x(active)} x2={x(active)} y1={TOP} y2={HEIGHT - BOTTOM} />
                <circle class="point active" cx={x(active)} cy={y(chosen.value)} r="6" />
              </>
            )}
          </>
        )}
      </svg>
      {active !== undefined && chosen !== undefined && (
        <div
          class="card small"
          aria-hidden="true"
          style={`left:${Math.max(0, Math.min(width - CARD, x(active) - CARD / 2))}px;width:${CARD}px;${y(chosen.value) < HEIGHT / 2 ? `top:${y(chosen.value) + 14}px` : `bottom:${HEIGHT - y(chosen.value) + 14}px`}`}
        >
          <bdi class="muted">{chosen.name}</bdi>
          <strong class="amount">{chosen.amount}</strong>
          <bdi class="muted">{chosen.more}</bdi>
        </div>
      )}
      <p class="unseen" role="status">
        {told}
      </p>
    </div>
  );
}
