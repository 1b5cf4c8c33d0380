import type { ComponentChildren, VNode } from 'preact';
import type { Bucket, Category, Product, Report } from './answer.ts';
import { nameOf } from './days.ts';
import type { Pen } from './write.ts';

/** Everything that the drawings show, as figures: the course, and the categories. */
export function ReportTables({ report, buckets, categories, pen }: { report: Report; buckets: Bucket[]; categories: Category[]; pen: Pen }): VNode {
  return (
    <Disclosure>
      <Table
        caption={`By ${report.granularity}`}
        heads={[capital(report.granularity), 'Orders', 'Units', 'Gross', 'Refunds', 'Net']}
        rows={buckets.map(row => [nameOf(row, pen.locale), ...figures(row, pen)])}
      />
      {categories.length > 0 && (
        <Table
          caption="By category"
          heads={['Category', 'Units', 'Gross', 'Refunds', 'Net', 'Share of gross']}
          rows={categories.map(row => [
            row.category,
            pen.number(row.units),
            ...[row.gross, row.refunds, row.net].map(amount => pen.money(amount, row.currency)),
            row.share === undefined ? '–' : pen.percent(row.share),
          ])}
        />
      )}
    </Disclosure>
  );
}

export function ProductTable({ products, pen }: { products: Product[]; pen: Pen }): VNode {
  return (
    <Disclosure>
      <Table caption="By product" heads={['Product', 'Orders', 'Units', 'Gross', 'Refunds', 'Net']} rows={products.map(row => [row.name, ...figures(row, pen)])} />
    </Disclosure>
  );
}

function figures(row: Bucket | Product, pen: Pen): string[] {
  return [...[row.orders, row.units].map(pen.number), ...[row.gross, row.refunds, row.net].map(amount => pen.money(amount, row.currency))];
}

function Disclosure({ children }: { children: ComponentChildren }): VNode {
  return (
    <details>
      <summary>Show the figures as a table</summary>
      {children}
    </details>
  );
}

/** The first column names the row. Wider than a phone: it scrolls by itself, by keyboard too. */
function Table({ caption, heads, rows }: { caption: string; heads: string[]; rows: string[][] }): VNode {
  return (
    <div class="table" role="region" aria-label={caption} tabIndex={0}>
      <table class="small">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map(head => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {row.map((cell, column) =>
                column === 0 ? (
                  <th scope="row" key={column}>
                    <bdi>{cell}</bdi>
                  </th>
                ) : (
                  <td key={column}>
                    <span class="amount">{cell}</span>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
