namespace Cartwright.Server.Storage;

/// <summary>What a PostgreSQL database must be to take a shop.</summary>
internal static class PostgresTarget
{
    // 13 has the functions that searching uses, and lets the owner of a database add the extension for near names.
    private const long OldestVersion = 130_000;

    // The rest is a number.
    private const int MaxNamed = 5;

    // Of all schemas that names are looked for in. What an extension has made comes and goes with it; a sequence of a column, with its table.
    private const string Relations = """
        select relation.relname::text, relation.relkind::text
        from pg_class relation join pg_namespace on pg_namespace.oid = relation.relnamespace
        where pg_namespace.nspname = any (current_schemas(false)) and relation.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
            and not exists (
                select 1 from pg_depend
                where classid = 'pg_class'::regclass and objid = relation.oid
                    and (deptype = 'e' or (relation.relkind = 'S' and deptype in ('a', 'i') and refclassid = 'pg_class'::regclass)))
        order by relation.relname
        """;

    // Others call a table so, too.
    private const string HasHistory = """
        select 1 from pg_attribute
        where attrelid = to_regclass('schema_version') and attname in ('version', 'applied_at') and atttypid = 'bigint'::regtype
        having count(*) = 2
        """;

    /// <summary>What is wrong with the server or its database; null when a shop can use it.</summary>
    public static async ValueTask<Problem?> Check(DbSession session) =>
        await session.Integer("select current_setting('server_version_num')::bigint") is < OldestVersion
            ? Problem.Unavailable("the server is older than PostgreSQL 13: use a newer one.")
            : await session.Integer("select 1 where current_setting('server_encoding') = 'UTF8'") is null
            ? Problem.Unavailable("the database has another encoding than UTF8: create it with encoding 'UTF8'.")
            : null;

    /// <summary>What the database has that is not a shop's, by kind and name, as a part of a sentence; null when there is no such thing.</summary>
    public static async ValueTask<string?> FindForeign(DbSession session)
    {
        var relations = await session.Query(Relations, row => (Name: row.GetString(0), Kind: row.GetString(1)));
        if (await session.Integer(HasHistory) is not null)
        {
            relations.RemoveAll(relation => relation.Kind == "r" && ShopTables.IsOwn(relation.Name));
        }

        if (relations.Count == 0)
        {
            return null;
        }

        var named = relations.Take(MaxNamed).Select(relation => $"the {Describe(relation.Kind)} {relation.Name}");
        return string.Join(", ", relations.Count > MaxNamed ? named.Append($"and {relations.Count - MaxNamed} more") : named);
    }

    private static string Describe(string kind) => kind switch
    {
        "v" or "m" => "view",
        "S" => "sequence",
        _ => "table",
    };
}
