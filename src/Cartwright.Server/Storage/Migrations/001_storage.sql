-- Portable SQL: bigint, text and bytea exist, or are taken for what they are, on every engine.
-- Times are Unix milliseconds.

create table secret (
    name text primary key,
    value bytea not null
);

create table ended_session (
    id text primary key,
    expires_at bigint not null
);

create index ended_session_expiry on ended_session (expires_at);
