create table store (
    id bigint primary key check (id = 1),
    name text not null,
    currency text not null,
    country text not null,
    description text,
    time_zone text not null,
    catalog_version bigint not null
);

create table facet (
    key text primary key,
    position bigint not null,
    title text not null
);

create table facet_value (
    facet text not null references facet (key) on delete cascade,
    position bigint not null,
    value text not null,
    primary key (facet, position)
);

-- Products that are no longer in the catalogue stay: carts and orders refer to them.
create table product (
    id text primary key,
    position bigint not null,       -- in the catalogue file
    name text not null,
    name_key text not null,         -- as names are compared: lower case, single spaces
    price_minor bigint not null,    -- in the store's currency
    description text not null,
    image text,
    category text,
    stock bigint,                   -- null: not limited
    facets text not null,           -- JSON: facet key to values, for showing; product_facet is for filtering
    fingerprint text not null,      -- of everything but position and stock, to tell what a load changes
    retired bigint not null         -- 1: no longer sold
);

create index product_by_position on product (retired, position, id);
create index product_by_price on product (retired, price_minor, id);
create index product_by_name on product (retired, name_key, id);

create table product_facet (
    product_id text not null references product (id),
    facet text not null,
    value text not null,
    primary key (facet, value, product_id)
);

create index product_facet_by_product on product_facet (product_id);

create table image (
    path text primary key,
    media_type text not null,
    sha256 text not null,
    bytes bytea not null
);
