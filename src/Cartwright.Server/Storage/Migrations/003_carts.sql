create table cart (
    id text primary key,
    version bigint not null,
    expires_at bigint not null
);

create index cart_expiry on cart (expires_at);

create table cart_line (
    cart_id text not null references cart (id) on delete cascade,
    product_id text not null references product (id),
    position bigint not null,           -- order of adding
    quantity bigint not null check (quantity > 0),
    seen_price_minor bigint not null,   -- the price when the line was last written, and its currency
    seen_currency text not null,
    primary key (cart_id, product_id)
);

-- SHA-256 of what the host calls the conversation and the subject; subject '' when it named none.
create table conversation (
    conversation text not null,
    subject text not null,
    cart_id text not null references cart (id) on delete cascade,
    primary key (conversation, subject)
);

create index conversation_by_cart on conversation (cart_id);

create table idempotency (
    scope text not null,        -- a cart's id, or '' when the call named neither cart nor conversation
    key text not null,
    request_hash text not null,
    response text not null,
    created_at bigint not null,
    primary key (scope, key)
);

create index idempotency_age on idempotency (created_at);
