using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Cartwright.Server.Storage;
using Npgsql;

namespace Cartwright.Tests.Shop;

/// <summary>
/// The databases of the tests: SQLite files in their data folders, or (CARTWRIGHT_TEST_ENGINE=postgres) a database for each data folder on
/// the server of CARTWRIGHT_TEST_POSTGRES, copied from one that has the schema, and dropped with the folder.
/// </summary>
internal static class TestDatabase
{
    public static readonly bool IsPostgres = Environment.GetEnvironmentVariable("CARTWRIGHT_TEST_ENGINE") switch
    {
        null or "" or "sqlite" => false,
        "postgres" => true,
        var other => throw new InvalidOperationException($"CARTWRIGHT_TEST_ENGINE is {other}: use sqlite or postgres."),
    };

    private static readonly ConcurrentDictionary<string, Lazy<string>> Databases = new(StringComparer.Ordinal);
    private static readonly Lazy<string> Template = new(MakeTemplate);

    // Ten times as fast on a server that does not wait for the disk; before 15 it was the only way.
    private static readonly Lazy<string> CopyingFiles = new(() => IsOld() ? "" : " strategy file_copy");

    /// <summary>Opens the database of a data folder; whoever opens the same folder opens the same database.</summary>
    public static async ValueTask<Database> Open(string folder, TimeProvider time) =>
        (await Database.Open(folder, Connection(folder), time)).Value;

    /// <summary>The connection string for a data folder; null on SQLite.</summary>
    public static string? Connection(string folder) =>
        IsPostgres ? Databases.GetOrAdd(Path.GetFullPath(folder), path => new Lazy<string>(() => Create(Name(path), Template.Value))).Value : null;

    /// <summary>A new database without anything in it. The caller drops it.</summary>
    public static string CreateEmpty(string folder) => Databases.GetOrAdd(
        Path.GetFullPath(folder), path => new Lazy<string>(() => Create(Name(path), "template0"))).Value;

    /// <summary>Drops the databases of all data folders in a folder.</summary>
    public static void DropAll(string folder)
    {
        foreach (var path in Databases.Keys.Where(path => path.StartsWith(folder, StringComparison.Ordinal)))
        {
            if (Databases.TryRemove(path, out _))
            {
                Run($"drop database if exists {Name(path)} with (force)");
            }
        }
    }

    private static string Server => Environment.GetEnvironmentVariable("CARTWRIGHT_TEST_POSTGRES")
        ?? throw new InvalidOperationException("CARTWRIGHT_TEST_POSTGRES is missing: run the tests with tests/postgres.");

    private static string Name(string path) => $"test_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..24]}";

    private static string Create(string name, string template)
    {
        Run($"create database {name} template {template}{CopyingFiles.Value}");
        return $"{Server};Database={name}";
    }

    private static string MakeTemplate()
    {
        var name = $"template_{Environment.ProcessId}";
        Run($"drop database if exists {name}");
        var connection = Create(name, "template0");
        var opened = Database.Open("unused", connection, new FakeTime()).AsTask().GetAwaiter().GetResult();
        opened.Value.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return name;
    }

    private static bool IsOld()
    {
        using var connection = Connect();
        return connection.PostgreSqlVersion.Major < 15;
    }

    private static NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection($"{Server};Database=postgres;Pooling=false");
        connection.Open();
        return connection;
    }

    private static void Run(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names are made here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
