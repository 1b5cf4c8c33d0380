import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../shared/icons.tsx';
import type { CatalogStore } from './catalog-store.ts';
import { sorts, type Filters, type Sort } from './listing.ts';

/** Search, the first facet as chips, and the rest behind a button. */
export function FilterBar({ catalog, money }: { catalog: CatalogStore; money(amount: number): string }): VNode {
  const { filters } = catalog;
  const [first, ...others] = Object.entries(catalog.facets);
  const hidden = others.reduce((sum, [key]) => sum + (filters.facets[key]?.length ?? 0), 0) + Number(filters.sort !== '');
  const [isOpen, setOpen] = useState(false);
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
      <ActiveFilters filters={filters} change={change} facets={isOpen ? [] : others.map(([key]) => key)} money={money} />
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

interface ActiveProps {
  filters: Filters;
  change(part: Partial<Filters>): void;
  /** The facets whose own chips cannot be seen. */
  facets: string[];
  money(amount: number): string;
}

/** What narrows the products down without being seen elsewhere, each to be taken away: the conversation may have asked for it. */
function ActiveFilters({ filters, change, facets, money }: ActiveProps): VNode | null {
  const { min, max } = filters;
  const active = facets.flatMap(key =>
    (filters.facets[key] ?? []).map(value => ({
      text: value,
      remove: () => change({ facets: { ...filters.facets, [key]: (filters.facets[key] ?? []).filter(other => other !== value) } }),
    })),
  );
  if (min !== undefined || max !== undefined) {
    const range = max === undefined ? `From ${money(min ?? 0)}` : min === undefined ? `Up to ${money(max)}` : `${money(min)} to ${money(max)}`;
    active.push({ text: range, remove: () => change({ min: undefined, max: undefined }) });
  }

  return active.length === 0 ? null : (
    <div class="chips" role="group" aria-label="Active filters">
      {active.map(({ text, remove }) => (
        <button type="button" class="chip on" key={text} onClick={remove}>
          {text}
          <span class="unseen">, take this filter away</span>
          <Icon name="close" />
        </button>
      ))}
    </div>
  );
}

function Chip({ isOn, toggle, children }: { isOn: boolean; toggle(): void; children: string }): VNode {
  return (
    <button type="button" class={isOn ? 'chip on' : 'chip'} aria-pressed={isOn} onClick={toggle}>
      {children}
    </button>
  );
}

/** A facet's key as a title: care_level becomes Care level. */
function titleOf(key: string): string {
  const text = key.replaceAll(/[_-]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
