-- Clustered by their primary keys: rows of one sale, and of one day, lie side by side.
-- No foreign keys: the parent was written in the same breath, and checking costs a third of a load's time.

create table sale_line (
    sale integer not null,
    position bigint not null,
    product integer not null,
    quantity bigint not null,
    unit_price_minor bigint not null,
    primary key (sale, position)
) without rowid;

create table sale_refund (
    sale integer not null,
    at bigint not null,
    product integer not null,
    day bigint not null,
    amount_minor bigint not null,
    primary key (sale, at, product)
) without rowid;

create index sale_refund_by_day on sale_refund (day);

create table sales_day (
    day bigint not null,
    currency text not null,
    book bigint not null,
    orders bigint not null,
    units bigint not null,
    gross_minor bigint not null,
    refunds_minor bigint not null,
    primary key (day, currency, book)
) without rowid;

create table sales_day_product (
    day bigint not null,
    currency text not null,
    book bigint not null,
    product integer not null,
    orders bigint not null,             -- that contain it
    units bigint not null,
    gross_minor bigint not null,
    refunds_minor bigint not null,
    primary key (day, currency, book, product)
) without rowid;
