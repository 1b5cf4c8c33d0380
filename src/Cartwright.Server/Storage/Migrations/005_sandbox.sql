-- What the simulated payment provider knows: its own world, which the shop sees through webhooks and the provider's interface alone.

create table sandbox_transaction (
    id text primary key,
    order_id text not null,
    session_id text,
    amount_minor bigint not null,
    currency text not null,
    status text not null,
    error_code text,
    captured_minor bigint not null,
    refunded_minor bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);

create index sandbox_transaction_by_order on sandbox_transaction (order_id);

create table sandbox_refund (
    reference text primary key,
    id text not null,
    transaction_id text not null references sandbox_transaction (id),
    amount_minor bigint not null,
    updated_at bigint not null
);

-- What will happen to a transaction by itself.
create table sandbox_step (
    transaction_id text not null references sandbox_transaction (id),
    number bigint not null,
    due_at bigint not null,
    status text not null,
    error_code text,
    is_told bigint not null,            -- 1: with a webhook
    primary key (transaction_id, number)
);

create index sandbox_step_due on sandbox_step (due_at);

create table sandbox_delivery (
    id text primary key,                -- the webhook's id
    number bigint not null unique,
    body bytea not null,
    due_at bigint not null,
    tries bigint not null
);

create index sandbox_delivery_due on sandbox_delivery (due_at);
