import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../shared/icons.tsx';
import type { CatalogStore } from './catalog-store.ts';
import { sorts, type Filters, type Sort } from './listing.ts';

/** Search, the first facet as chips, and the rest behind a button. */
export function FilterBar({ catalog }: { catalog: CatalogStore }): VNode {
  const { filters } = catalog;
  const [first, ...others] = Object.entries(catalog.facets);
  const hidden = others.reduce((sum, [key]) => sum + (filters.facets[key]?.length ?? 0), 0) + Number(filters.sort !== '');
  const [isOpen, setOpen] = useState(hidden > 0);
  const change = (part: Partial<Filters>): void => catalog.change({ ...filters, ...part });
  return (
    <search class="filters">
      <div class="find">
        <label class="field">
          <span class="unseen">Search the products</span>
          <Icon name="search" />
          <input type="search" placeholder="Search products" autocomplete="off" value={filters.search} onInput={event => change({ search: event.currentTarget.value })} />
        </label>
        <button type="button" class="button quiet filter-button" aria-expanded={isOpen} aria-controls="more-filters" onClick={() => setOpen(!isOpen)}>
          <Icon name="filter" />
          <span>Filters{hidden > 0 ? ` (${hidden})` : ''}</span>
        </button>
      </div>
      {first !== undefined && <Facet name={first[0]} values={first[1]} filters={filters} change={change} isStrip />}
      <PriceChips filters={filters} change={change} />
      <div id="more-filters" hidden={!isOpen}>
        {others.map(([key, values]) => (
          <Facet key={key} name={key} values={values} filters={filters} change={change} />
        ))}
        <label class="sort">
          <span class="legend">Sort by</span>
          <select value={filters.sort} onChange={event => change({ sort: event.currentTarget.value as Sort })}>
            {Object.entries(sorts).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
    </search>
  );
}

interface FacetProps {
  name: string;
  values: string[];
  filters: Filters;
  change(part: Partial<Filters>): void;
  isStrip?: boolean;
}

function Facet({ name, values, filters, change, isStrip }: FacetProps): VNode {
  const chosen = filters.facets[name] ?? [];
  const toggle = (value: string): void => {
    const next = chosen.includes(value) ? chosen.filter(other => other !== value) : [...chosen, value];
    change({ facets: { ...filters.facets, [name]: next } });
  };
  return (
    <div class="facet" role="group" aria-label={titleOf(name)}>
      {isStrip !== true && <p class="legend">{titleOf(name)}</p>}
      <div class={isStrip === true ? 'chips strip' : 'chips'}>
        {isStrip === true && (
          <Chip isOn={chosen.length === 0} toggle={() => change({ facets: { ...filters.facets, [name]: [] } })}>
            All
          </Chip>
        )}
        {values.map(value => (
          <Chip key={value} isOn={chosen.includes(value)} toggle={() => toggle(value)}>
            {value}
          </Chip>
        ))}
      </div>
    </div>
  );
}

/** A price range that the conversation asked for; it can only be taken away. */
function PriceChips({ filters, change }: { filters: Filters; change(part: Partial<Filters>): void }): VNode | null {
  const { min, max } = filters;
  if (min === undefined && max === undefined) return null;
  const range = max === undefined ? `From ${min}` : min === undefined ? `Up to ${max}` : `${min} to ${max}`;
  return (
    <div class="chips">
      <button type="button" class="chip on" aria-label={`Price: ${range}. Take this filter away`} onClick={() => change({ min: undefined, max: undefined })}>
        {range}
        <Icon name="close" />
      </button>
    </div>
  );
}

function Chip({ isOn, toggle, children }: { isOn: boolean; toggle(): void; children: string }): VNode {
  return (
    <button type="button" class={isOn ? 'chip on' : 'chip'} aria-pressed={isOn} onClick={toggle} dir="auto">
      {children}
    </button>
  );
}

/** A facet's key as a title: care_level becomes Care level. */
function titleOf(key: string): string {
  const text = key.replaceAll(/[_-]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
