import type { ComponentChildren, VNode } from 'preact';

export interface Bar {
  key: string;
  name: string;
  amount: string;
  /** Length as a part of the longest; below zero for a loss. */
  size: number;
  detail: ComponentChildren[];
}

/** Bars from the side, each with its name and figures in words; the drawing itself says nothing more. */
export function Bars({ bars, isRanked = false }: { bars: Bar[]; isRanked?: boolean }): VNode {
  const List = isRanked ? 'ol' : 'ul';
  return (
    <List class={isRanked ? 'bars ranked' : 'bars'}>
      {bars.map(({ key, name, amount, size, detail }) => (
        <li key={key}>
          <p class="bar-head">
            <bdi class="name">{name}</bdi>
            <span class="amount">{amount}</span>
          </p>
          <span class="track" aria-hidden="true">
            <span class={size < 0 ? 'fill loss' : 'fill'} style={`width:${(Math.min(1, Math.abs(size)) * 100).toFixed(2)}%`} />
          </span>
          <p class="muted small">
            {detail.map((part, index) => (
              <span key={index}>
                {index > 0 && ' · '}
                <bdi>{part}</bdi>
              </span>
            ))}
          </p>
        </li>
      ))}
    </List>
  );
}
