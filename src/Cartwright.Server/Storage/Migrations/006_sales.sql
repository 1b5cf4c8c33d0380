-- What was sold: the shop's own paid orders, loaded history, the sample. Amounts are minor units, times Unix milliseconds. A day is the
-- number of days since 0001-01-01, in the shop's time zone. Keys are given out by the program, ascending.
-- A book is 0 for what is real, 1 for orders with simulated payment, 2 for sample history.

create table sales_product (
    key integer primary key,
    id text not null unique,            -- of the catalogue, where it is (or was) in it
    name text not null,                 -- these two: where the catalogue does not know the product
    category text
);

-- A file of history, or the sample: how far it is loaded.
create table sales_load (
    key integer primary key,
    fingerprint text not null unique,   -- of the content and how it is read
    name text not null,
    book bigint not null,
    started_at bigint not null,
    finished_at bigint,
    records bigint not null,            -- of the file, that are done with
    orders bigint not null,
    lines bigint not null,
    skipped_orders bigint not null,     -- known from elsewhere
    refused bigint not null
);

create table sale (
    key integer primary key,
    external_id text not null unique,   -- the order's id, here or where it comes from
    load_key integer,                   -- null: an order of this shop
    day bigint not null,
    at bigint not null,                 -- when it was paid
    currency text not null,
    country text,
    book bigint not null
);

create index sale_by_day on sale (day);

-- A cache of sales_day_product: its rows of one day or of one month, packed (see SalesBlock). Whatever changes a day removes both.
create table sales_block (
    span text not null,                 -- day, month
    start bigint not null,              -- its first day
    currency text not null,
    book bigint not null,
    data bytea not null,
    primary key (span, start, currency, book)
);
