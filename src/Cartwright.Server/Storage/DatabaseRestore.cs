using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Cartwright.Server.Storage;

/// <summary>What a restored shop has in it; <see cref="Schema"/> is the version that the backup had.</summary>
internal sealed record Restored(string Target, int Tables, long Rows, long Schema)
{
    /// <inheritdoc cref="Moved.Notes"/>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>
/// Makes a shop of a backup: an empty data folder's, or an empty PostgreSQL database's. An older schema is brought up to date. All of it, or
/// nothing.
/// </summary>
internal sealed class DatabaseRestore(TimeProvider time)
{
    /// <summary>Is told how much is copied, and how much there is.</summary>
    public Action<long, long>? Progressed { get; init; }

    /// <summary>Fills the search index from the products.</summary>
    public required Func<DbSession, ValueTask> Index { get; init; }

    /// <summary>Restores, or says what is in the way; then the target is as empty as it was.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="folder">The data folder, for SQLite.</param>
    /// <param name="postgres">The connection string, when the shop is to be on PostgreSQL.</param>
    /// <param name="cancellation">Leaves the target empty.</param>
    public async ValueTask<Result<Restored>> Run(string file, string folder, string? postgres, CancellationToken cancellation)
    {
        if (!File.Exists(file))
        {
            return Problem.Invalid($"There is no file {file}.");
        }

        try
        {
            if (File.Exists(file + "-wal"))
            {
                return Problem.Invalid($"{file} is a shop's own database, with {file}-wal beside it: make a backup of it with cartwright backup.");
            }

            using var opened = SqliteSource.OpenUnlocked(file);
            var source = opened.Session;
            var version = await Sqlite.Version(source, file);
            if (!version.Ok)
            {
                return version.Problem;
            }

            if (await SqliteFile.FindDamage(source, cancellation) is { } damage)
            {
                return Damaged(file, damage);
            }

            return postgres is null
                ? await ToFolder(source, version.Value, folder, cancellation)
                : await ToPostgres(opened, version.Value, postgres, cancellation);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_NOTADB)
        {
            return Problem.Invalid($"{file} is no backup: cartwright backup makes one.");
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            return Damaged(file, ErrorText.FirstLine(error));
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"{file} cannot be restored ({ErrorText.FirstLine(error)}): may it be read, and is there room on the disk? Nothing was restored.");
        }
    }

    private static Problem Damaged(string file, string damage) => Problem.Invalid($"{file} is damaged ({damage}): take another backup. Nothing was restored.");

    private async ValueTask<Result<Restored>> ToFolder(SqliteSession source, long version, string folder, CancellationToken cancellation)
    {
        DataFolder.Create(folder);
        var file = DataFolder.DatabaseIn(folder);
        foreach (var suffix in (string[])["", "-wal", "-shm", "-journal"])
        {
            if (File.Exists(file + suffix))
            {
                return Problem.Conflict($"{file}{suffix} exists: stop the shop and move its data folder away, or set CARTWRIGHT_DATA to an empty one.");
            }
        }

        var created = PartFile.Create(file);
        if (!created.Ok)
        {
            return created.Problem;
        }

        using var part = created.Value;
        var filled = await Fill(source, part.Path, cancellation);
        if (!filled.Ok)
        {
            return filled.Problem;
        }

        cancellation.ThrowIfCancellationRequested();
        var published = part.Publish(overwrites: false);
        return published.Ok ? filled.Value with { Target = Path.GetFullPath(file), Schema = version } : published.Problem;
    }

    private async ValueTask<Result<Restored>> Fill(SqliteSession source, string part, CancellationToken cancellation)
    {
        using var copy = SqliteFile.OpenToFill(part);
        await SqliteFile.Copy(source, copy, Progressed, cancellation);
        var tables = await ShopTables.Of(source);
        if (await ShopTables.Compare(source, copy, copy, tables, cancellation) is { } difference)
        {
            return difference;
        }

        await copy.Execute("begin");
        await Migrations.Run(copy, Sqlite.Dialect, time);
        await Index(copy);
        await copy.Execute("commit");
        return await SqliteFile.FindDamage(copy, cancellation) is { } damage
            ? Problem.Unavailable($"What was restored is damaged ({damage}), and was removed: is the disk sound?")
            : new Restored(part, tables.Count, await ShopTables.Count(source, tables), Schema: 0);
    }

    private async ValueTask<Result<Restored>> ToPostgres(SqliteSource source, long version, string postgres, CancellationToken cancellation)
    {
        var moved = await new DatabaseMove(time) { Progressed = Progressed, Index = Index }.Run(source, postgres, cancellation);
        return moved.Ok ? new Restored(Postgres.Describe(postgres), moved.Value.Tables, moved.Value.Rows, version) { Notes = moved.Value.Notes } : moved.Problem;
    }
}
