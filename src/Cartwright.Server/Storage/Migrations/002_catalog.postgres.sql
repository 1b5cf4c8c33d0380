-- Names near to a mistyped one, in large catalogues.
create extension if not exists pg_trgm;
create index product_near_name on product using gin (name_key gin_trgm_ops);

-- Words are stemmed, and none is left out for being frequent: all of a search's words have to be found.
create text search dictionary cartwright_stem (template = snowball, language = english);
create text search configuration cartwright (copy = simple);
alter text search configuration cartwright
    alter mapping for asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart
    with cartwright_stem;

-- Without accents. What calls it has lower case and nothing but words with single spaces between them.
create function cartwright_plain(words text) returns text language sql immutable parallel safe as $$
    select normalize(regexp_replace(normalize(words, nfkd), '[' || chr(768) || '-' || chr(879) || ']', '', 'g'), nfkc)
$$;

create table product_search (
    product_id text primary key,
    words tsvector not null     -- weights: name A, category B, facets C, description D; see ProductSearch
);

create index product_search_words on product_search using gin (words);
