-- What MCP sessions subscribed to, so that the instance that holds a session's stream knows of it.

create table session_subscription (
    session text not null,
    uri text not null,
    expires_at bigint not null,         -- with the session
    primary key (session, uri)
);

create index session_subscription_expiry on session_subscription (expires_at);
