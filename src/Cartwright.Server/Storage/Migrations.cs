using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Cartwright.Server.Storage;

/// <summary>
/// The schema's history: embedded files <c>NNN_name.sql</c> in portable SQL, each optionally followed by
/// <c>NNN_name.{dialect}.sql</c> for what only one engine understands. They run forward only.
/// </summary>
internal static partial class Migrations
{
    private const string Folder = "migrations/";

    private static readonly List<(long Version, string File)> Files =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .OrderBy(name => name.Split('_')[0], StringComparer.Ordinal)
            .ThenBy(name => name.Count(letter => letter == '.'))
            .Select(name => (long.Parse(name.AsSpan(Folder.Length, 3), CultureInfo.InvariantCulture), name)),
    ];

    /// <summary>The schema that this program knows.</summary>
    public static long Newest => Files[^1].Version;

    /// <summary>
    /// Brings the schema up to date inside the caller's transaction, which holds the version row too: the whole way or not
    /// at all. Returns the version; a database of a newer program is refused.
    /// </summary>
    /// <param name="session">Inside a transaction of the caller's.</param>
    /// <param name="dialect">Of the engine.</param>
    /// <param name="time">For the version row.</param>
    /// <param name="upTo">An older version to stop at, for a copy of a database that has it; left out, the newest.</param>
    public static async ValueTask<Result<long>> Run(DbSession session, string dialect, TimeProvider time, long? upTo = null)
    {
        var goal = upTo ?? Newest;
        await session.Script("""
            create table if not exists schema_version (
                version bigint primary key,
                applied_at bigint not null -- Unix milliseconds
            );
            """);
        var current = await session.Integer("select max(version) from schema_version") ?? 0;
        if (current > Newest)
        {
            return Problem.Unavailable(
                $"The database was written by a newer Cartwright (schema {current}, this program knows {Newest}): update the program.");
        }

        foreach (var (version, file) in Files.Where(file => file.Version > current && file.Version <= goal))
        {
            if (IsFor(dialect, file))
            {
                await session.Script(session.IsPostgres ? ByCodePoint(Text(file)) : Text(file));
            }
        }

        if (current < goal)
        {
            await session.Execute(
                "insert into schema_version (version, applied_at) values (@version, @now)",
                ("@version", goal),
                ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()));
        }

        return Math.Max(current, goal);
    }

    // "migrations/002_catalog.sql" is everyone's, "migrations/002_catalog.sqlite.sql" is SQLite's.
    private static bool IsFor(string dialect, string file) =>
        file.Split('.') is not [_, var only, _] || only == dialect;

    // PostgreSQL sorts texts as the database's language does, unless it is told otherwise; SQLite and this program go by code points.
    private static string ByCodePoint(string sql) => TextType().Replace(sql, "text collate \"C\"");

    [GeneratedRegex("(?<=^    [a-z_0-9]+ )text\\b", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TextType();

    private static string Text(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
