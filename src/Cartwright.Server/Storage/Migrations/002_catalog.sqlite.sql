-- Column order is weight order: see ProductSearch.
create virtual table product_search using fts5 (
    name, category, facets, description, product_id unindexed,
    tokenize = 'porter unicode61 remove_diacritics 2',
    prefix = '2 3'
);
