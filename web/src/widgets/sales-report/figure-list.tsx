import type { VNode } from 'preact';
import { Icon } from '../../shared/icons.tsx';
import type { Compared, Totals } from './answer.ts';
import { nameOf } from './days.ts';
import type { Pen } from './write.ts';

interface Figure {
  name: string;
  value: number | undefined;
  write(value: number): string;
  compared?: keyof Compared;
  /** Whether more is worse. */
  isCost?: boolean;
}

/** The figures of the whole period, each with its change against the one before. */
export function FigureList({ total, pen }: { total: Totals; pen: Pen }): VNode {
  const money = (value: number): string => pen.money(value, total.currency);
  const figures: Figure[] = [
    { name: 'Net', value: total.net, write: money, compared: 'net' },
    { name: 'Gross', value: total.gross, write: money, compared: 'gross' },
    { name: 'Refunds', value: total.refunds, write: money, compared: 'refunds', isCost: true },
    { name: 'Orders', value: total.orders, write: pen.number, compared: 'orders' },
    { name: 'Units', value: total.units, write: pen.number, compared: 'units' },
    { name: 'Average order', value: total.average, write: money, compared: 'average_order_value' },
    { name: 'Units per order', value: total.unitsPerOrder, write: pen.number },
  ];
  return (
    <section aria-label="Figures">
      <dl class="figures">
        {figures.map(({ name, value, write, compared, isCost }) => (
          <div key={name} data-figure={name}>
            <dt class="muted small">{name}</dt>
            <dd>
              <span class="amount value">{value === undefined ? '–' : write(value)}</span>
              {compared !== undefined && total.before !== undefined && (
                <Change percent={total.change[compared]} before={total.before[compared]} write={write} isCost={isCost === true} pen={pen} />
              )}
            </dd>
          </div>
        ))}
      </dl>
      {total.before !== undefined && (
        <p class="muted small">
          Changes are against the period before, <bdi>{nameOf(total.before, pen.locale)}</bdi>.
        </p>
      )}
    </section>
  );
}

interface ChangeProps {
  percent: number | undefined;
  before: number | undefined;
  write(value: number): string;
  isCost: boolean;
  pen: Pen;
}

/** Sign and arrow say it; the colour only repeats it. */
function Change({ percent, before, write, isCost, pen }: ChangeProps): VNode {
  const from = (
    <bdi class="muted">
      {before === undefined ? 'none before' : 'from '}
      {before !== undefined && <bdi>{write(before)}</bdi>}
    </bdi>
  );
  if (percent === undefined) return <span class="change small">{from}</span>;
  const direction = percent > 0 ? 'up' : percent < 0 ? 'down' : undefined;
  const tone = direction === undefined ? '' : (direction === 'up') === isCost ? ' worse' : ' better';
  return (
    <span class={`change small${tone}`}>
      <span class="percent">
        {direction !== undefined && <Icon name={direction} />}
        <span class="unseen">{direction ?? 'no change'} </span>
        <span class="amount">{pen.percent(percent, true)}</span>
      </span>{' '}
      {from}
    </span>
  );
}
