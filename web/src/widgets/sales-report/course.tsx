import type { VNode } from 'preact';
import type { Bucket, Report } from './answer.ts';
import { Chart, type Mark } from './chart.tsx';
import { Choice } from './choice.tsx';
import { nameOf, tickOf } from './days.ts';
import { measures, type Measure, type ReportStore } from './report-store.ts';
import type { Pen } from './write.ts';

const names: Record<Measure, string> = { net: 'Net', gross: 'Gross', orders: 'Orders', units: 'Units' };

/** The course of one figure over the period. */
export function Course({ report, buckets, store, pen }: { report: Report; buckets: Bucket[]; store: ReportStore; pen: Pen }): VNode {
  const { granularity } = report;
  const { measure } = store;
  const isMoney = measure === 'net' || measure === 'gross';
  const marks: Mark[] = buckets.map((bucket, index) => ({
    value: bucket[measure],
    tick: tickOf(bucket.start, granularity, granularity === 'month' && (index === 0 || bucket.start.slice(5, 7) === '01'), pen.locale),
    name: nameOf(bucket, pen.locale),
    amount: isMoney ? pen.money(bucket[measure], bucket.currency) : `${pen.number(bucket[measure])} ${measure}`,
    more: isMoney
      ? `${pen.number(bucket.orders)} orders, ${pen.number(bucket.units)} units`
      : `net ${pen.money(bucket.net, bucket.currency)}`,
  }));
  return (
    <section aria-labelledby="course">
      <header class="course-head">
        <h2 id="course">{`${names[measure]} by ${granularity}`}</h2>
        <Choice label="Figure of the chart" value={measure} options={measures.map(each => [each, names[each]])} onChange={chosen => store.choose({ measure: chosen })} />
      </header>
      <Chart
        label={`${names[measure]} by ${granularity}, ${nameOf(report, pen.locale)}. The arrow keys go from one ${granularity} to the next.`}
        marks={marks}
        finest={isMoney ? pen.smallest(store.currency) : 1}
        write={value => (isMoney ? pen.shortMoney(value, store.currency) : pen.shortNumber(value))}
      />
    </section>
  );
}
