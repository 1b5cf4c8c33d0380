-- Orders, what is known of their payments, and everything that the payment provider told. Amounts are minor units, times Unix milliseconds.

create table orders (
    id text primary key,
    token text not null unique,         -- opens the checkout page
    cart_id text not null,              -- the cart may have expired since
    state text not null,
    is_open bigint not null,            -- 1: the one order that its cart may have open
    lapsed bigint not null,             -- 1: its time was over, or another order took its place
    stock text not null,                -- reserved, taken, released
    currency text not null,
    country text not null,
    amount_minor bigint not null,
    captured_minor bigint not null,
    refunded_minor bigint not null,
    provider text not null,
    environment text not null,
    session_id text,                    -- the provider's checkout session
    content text not null,              -- hash of lines and prices: tells whether the cart has changed
    captures_later bigint not null,     -- 1: an authorization completes the purchase
    buyer text,                         -- JSON: contact and delivery address
    version bigint not null,            -- counts every change
    created_at bigint not null,
    expires_at bigint not null,
    updated_at bigint not null,
    paid_at bigint,
    completed_at bigint,                -- when the shopper's part was done, and the cart was emptied
    check_at bigint,                    -- when the provider is asked next; null: not again
    checks bigint not null              -- how often it was asked in vain
);

create unique index order_open_of_cart on orders (cart_id) where is_open = 1;
create index order_by_expiry on orders (expires_at) where stock = 'reserved';
create index order_by_check on orders (check_at) where check_at is not null;
create index order_by_session on orders (session_id) where session_id is not null;
create index order_by_age on orders (created_at);

create table order_line (
    order_id text not null references orders (id) on delete cascade,
    position bigint not null,
    product_id text not null,
    name text not null,
    image text,
    price_minor bigint not null,
    quantity bigint not null check (quantity > 0),
    primary key (order_id, position)
);

create table order_attempt (
    transaction_id text primary key,
    order_id text not null references orders (id) on delete cascade,
    status text not null,
    captured_minor bigint not null,
    refunded_minor bigint not null,
    updated_at bigint not null,         -- the provider's clock
    method text,
    error_code text
);

create index order_attempt_by_order on order_attempt (order_id);

create table order_refund (
    id text primary key,                -- ours when we asked for it, else the provider's
    order_id text not null references orders (id) on delete cascade,
    transaction_id text not null,
    amount_minor bigint not null,
    status text not null,
    updated_at bigint not null
);

create index order_refund_by_order on order_refund (order_id);

-- The audit trail: every transition with its cause, and what was refused.
create table order_event (
    order_id text not null references orders (id) on delete cascade,
    number bigint not null,
    at bigint not null,
    from_state text not null,
    to_state text not null,
    cause text not null,
    primary key (order_id, number)
);

create table webhook_receipt (
    id text primary key,
    received_at bigint not null,
    body bytea not null,
    applied_at bigint,
    order_id text,
    outcome text
);

create index webhook_receipt_waiting on webhook_receipt (received_at) where applied_at is null;
create index webhook_receipt_unmatched on webhook_receipt (outcome) where order_id is null;
create index webhook_receipt_age on webhook_receipt (received_at);
