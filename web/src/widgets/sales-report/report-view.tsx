import type { VNode } from 'preact';
import type { Bridge } from '../../bridge/bridge.ts';
import { followUp } from '../../shared/follow-up.ts';
import { Icon } from '../../shared/icons.tsx';
import type { Waiting } from '../../shared/mount.tsx';
import { NoticeBar, Page, plural, RetryCard } from '../../shared/parts.tsx';
import { currenciesOf, isEmpty, type Answer, type Ranking, type Report } from './answer.ts';
import { Bars } from './bars.tsx';
import { Choice } from './choice.tsx';
import { Course } from './course.tsx';
import { nameOf } from './days.ts';
import { FigureList } from './figure-list.tsx';
import type { ReportStore } from './report-store.ts';
import { ProductTable, ReportTables } from './tables.tsx';
import { penFor, type Pen } from './write.ts';
import './styles.css';

interface Props {
  bridge: Bridge;
  store: ReportStore;
  waiting: Waiting;
}

export function ReportView({ bridge, store, waiting }: Props): VNode {
  const { answer, refusal } = store;
  if (answer === undefined) {
    const failed = store.isLoading ? undefined : refusal !== undefined ? { failure: refusal, retry: () => void store.retry() } : waiting;
    return (
      <Page name="report" store={store}>
        {failed?.failure === undefined ? <Bones /> : <RetryCard waiting={failed} title="There is no report to show" />}
      </Page>
    );
  }

  const pen = penFor(store.locale);
  const currencies = currenciesOf(answer);
  return (
    <Page name="report" store={store}>
      <Top answer={answer} bridge={bridge} store={store} />
      <NoticeBar notice={store.notice} />
      <Marks answer={answer} />
      {currencies.length > 1 && (
        <Choice label="Currency" value={store.currency} options={currencies.map(code => [code, code])} onChange={currency => store.choose({ currency })} />
      )}
      <div class="body" aria-busy={store.isLoading}>
        {answer.kind === 'report' ? <ReportBody report={answer} store={store} pen={pen} /> : <RankingBody ranking={answer} currency={store.currency} pen={pen} />}
      </div>
      <Bottom answer={answer} bridge={bridge} store={store} />
    </Page>
  );
}

function Top({ answer, bridge, store }: { answer: Answer; bridge: Bridge; store: ReportStore }): VNode {
  const turn = (direction: 1 | -1, label: string): VNode | null =>
    bridge.canCall === false ? null : (
      <button
        type="button"
        class="turn"
        aria-label={label}
        aria-disabled={store.isLoading || store.beside(direction) === undefined}
        onClick={() => void store.turn(direction)}
      >
        <Icon name={direction < 0 ? 'back' : 'next'} />
      </button>
    );
  return (
    <header class="top">
      <div>
        <h1>{answer.kind === 'report' ? 'Sales report' : 'Best-selling products'}</h1>
        <p class="muted">
          <bdi>{nameOf(answer, store.locale)}</bdi>
        </p>
      </div>
      <div class="turns">
        {turn(-1, 'Previous period')}
        {turn(1, 'Next period')}
      </div>
    </header>
  );
}

/** What in the figures is not real sales. */
function Marks({ answer: { sample, simulated } }: { answer: Answer }): VNode | null {
  if (!sample && !simulated) return null;
  return (
    <ul class="marks small">
      {sample && (
        <li>
          <Icon name="alert" />
          <span>
            <strong>Sample data:</strong> made-up sales count in these figures.
          </span>
        </li>
      )}
      {simulated && (
        <li>
          <Icon name="alert" />
          <span>
            <strong>Simulated orders</strong> count in these figures: no money moved for them.
          </span>
        </li>
      )}
    </ul>
  );
}

function ReportBody({ report, store, pen }: { report: Report; store: ReportStore; pen: Pen }): VNode | null {
  const { currency } = store;
  const total = report.totals.find(each => each.currency === currency);
  if (total === undefined) return null;
  const buckets = report.buckets.filter(each => each.currency === currency);
  const categories = report.categories.filter(each => each.currency === currency);
  const most = Math.max(...categories.map(each => Math.abs(each.gross)));
  return (
    <>
      <FigureList total={total} pen={pen} />
      {isEmpty(total) ? (
        <div class="blank">
          <span class="badge">
            <Icon name="chart" />
          </span>
          <h2>No sales in this period</h2>
          <p class="muted">Nothing was sold or given back.</p>
        </div>
      ) : (
        <>
          {buckets.length > 1 && <Course key={`${report.start} ${report.end} ${currency}`} report={report} buckets={buckets} store={store} pen={pen} />}
          <Facts report={report} currency={currency} pen={pen} />
          {categories.length > 0 && (
            <section aria-labelledby="categories">
              <h2 id="categories">Categories by gross</h2>
              <Bars
                bars={categories.map(each => ({
                  key: each.category,
                  name: each.category,
                  amount: pen.money(each.gross, currency),
                  size: most > 0 ? each.gross / most : 0,
                  detail: [
                    ...(each.share === undefined ? [] : [`${pen.percent(each.share)} of gross`]),
                    units(each.units, pen),
                    <>
                      net <bdi>{pen.money(each.net, currency)}</bdi>
                    </>,
                  ],
                }))}
              />
            </section>
          )}
          <ReportTables report={report} buckets={buckets} categories={categories} pen={pen} />
        </>
      )}
    </>
  );
}

/** What stands out. */
function Facts({ report, currency, pen }: { report: Report; currency: string; pen: Pen }): VNode | null {
  const total = report.totals.find(each => each.currency === currency);
  const { best, worst, products, daysWithSales } = total ?? {};
  const day = (date: string): string => nameOf({ start: date, end: date }, pen.locale);
  const facts = [
    ...(best === undefined ? [] : [['Best day', day(best.date), pen.money(best.net, currency)]]),
    ...(worst === undefined || worst.date === best?.date ? [] : [['Worst day', day(worst.date), pen.money(worst.net, currency)]]),
    ...(daysWithSales === undefined ? [] : [['Days with sales', `${pen.number(daysWithSales)}${report.days === undefined ? '' : ` of ${pen.number(report.days)}`}`]]),
    ...(products === undefined ? [] : [['Different products', pen.number(products)]]),
  ];
  return (
    <dl class="facts small">
      {facts.map(([name, ...values]) => (
        <div key={name}>
          <dt class="muted">{name}</dt>
          <dd>
            {values.map(value => (
              <bdi class="amount" key={value}>
                {value}
              </bdi>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function RankingBody({ ranking, currency, pen }: { ranking: Ranking; currency: string; pen: Pen }): VNode {
  const products = ranking.products.filter(each => each.currency === currency);
  const total = ranking.totals.find(each => each.currency === currency);
  if (products.length === 0) {
    return (
      <div class="blank">
        <span class="badge">
          <Icon name="chart" />
        </span>
        <h2>No sales in this period</h2>
        <p class="muted">Nothing was sold.</p>
      </div>
    );
  }

  const most = Math.max(...products.map(each => Math.abs(each.net)));
  return (
    <>
      <section aria-labelledby="products">
        <h2 id="products">Products by net</h2>
        <Bars
          isRanked
          bars={products.map(each => ({
            key: each.id,
            name: each.name,
            amount: pen.money(each.net, currency),
            size: most > 0 ? each.net / most : 0,
            detail: [...(each.category === undefined ? [] : [each.category]), units(each.units, pen), orders(each.orders, pen)],
          }))}
        />
        {total !== undefined && (
          <p class="muted small whole">
            {products.length < total.products && `${pen.number(products.length)} of ${pen.number(total.products)} products are shown. `}
            {total.products === 1 ? 'It alone was sold: ' : `All ${pen.number(total.products)} together: `}
            <bdi>{units(total.units, pen)}</bdi>
            {', net '}
            <span class="amount">{pen.money(total.net, currency)}</span>.
          </p>
        )}
      </section>
      <ProductTable products={products} pen={pen} />
    </>
  );
}

function Bottom({ answer, bridge, store }: { answer: Answer; bridge: Bridge; store: ReportStore }): VNode {
  const { start, end, zone, days, version, notes } = answer;
  const isReport = answer.kind === 'report';
  const range = start === end ? `on ${start}` : `from ${start} to ${end}`;
  const explain = isReport ? `Explain the sales ${range}: what changed, and why?` : `Explain what sold best ${range}: what do these products have in common?`;
  const other = isReport ? `Show the best-selling products ${range}.` : `Show the sales report ${range}.`;
  return (
    <footer>
      {notes.length > 0 && (
        <ul class="notes muted small" aria-label="Notes">
          {notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div class="actions">
        <button type="button" class="button" onClick={() => void followUp(bridge, store, explain)}>
          Explain this
        </button>
        <button type="button" class="button quiet" onClick={() => void followUp(bridge, store, other)}>
          {isReport ? 'Best sellers' : 'Full report'}
        </button>
      </div>
      <p class="muted small about">
        {[
          ...(days === undefined ? [] : [plural(days, 'day')]),
          ...(zone === undefined ? [] : [`in ${zone}`]),
          ...(version === undefined ? [] : [`definitions version ${version}`]),
        ].join(', ')}
      </p>
    </footer>
  );
}

function units(count: number, pen: Pen): string {
  return `${pen.number(count)} ${count === 1 ? 'unit' : 'units'}`;
}

function orders(count: number, pen: Pen): string {
  return `${pen.number(count)} ${count === 1 ? 'order' : 'orders'}`;
}

function Bones(): VNode {
  return (
    <div aria-busy="true">
      <p class="unseen" role="status">
        Loading the figures
      </p>
      <span class="bone" style="width:9rem;height:1.5rem;margin-bottom:20px" />
      <div class="figures">
        {[0, 1, 2, 3].map(figure => (
          <span class="bone" style="height:4.5rem" key={figure} />
        ))}
      </div>
      <span class="bone" style="height:200px;margin-top:20px" />
    </div>
  );
}
