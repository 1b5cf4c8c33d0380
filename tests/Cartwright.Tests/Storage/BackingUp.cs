using Cartwright.Server;
using Cartwright.Server.Catalog;
using Cartwright.Server.Storage;
using Cartwright.Tests.Process;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Storage;

/// <summary><c>cartwright backup</c> and <c>restore</c>, on whichever engine the tests run.</summary>
public sealed class BackingUp
{
    [Fact]
    public async Task Everything_of_a_shop_comes_back_in_another_place_and_goes_on_there()
    {
        using var folder = new TempFolder();
        var (data, other, file) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "other"), Path.Combine(folder.Path, "backup.db"));
        var cart = await Fill(data);
        var before = await Content(data);
        using (var backup = Run(folder, data, "backup", file))
        {
            Assert.Equal(0, await backup.Exit());
            Assert.Matches($"Backed up [^\n]+ to {file}: [0-9,]+ rows of 31 tables, [0-9,]+ bytes, schema {Migrations.Newest};", backup.Output);
            Assert.Empty(backup.Errors);
        }

        AssertPrivate(file);
        Assert.Equal([file], Directory.GetFiles(folder.Path));
        using (var restore = Restore(folder, file, other))
        {
            Assert.Equal(0, await restore.Exit());
            Assert.Matches("Restored [^\n]+ rows of 31 tables", restore.Output);
            Assert.Empty(restore.Errors);
        }

        Assert.Equal(before, await Content(other));
        Assert.Equal(before, await Content(data));
        await using var database = await Open(other);
        await CopiedShop.AssertGoesOn(database, cart);
    }

    [Fact]
    public async Task A_backup_is_not_overwritten_unasked_and_a_shops_own_file_never()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        await Fill(data);
        var file = folder.File("backup.db", "precious");
        await Refuses(folder, data, "exists: name another file, or overwrite it with --force", "backup", file);
        Assert.Equal("precious", await File.ReadAllTextAsync(file));
        using (var forced = Run(folder, data, "backup", "--force", file))
        {
            Assert.Equal(0, await forced.Exit());
        }

        Assert.True(new FileInfo(file).Length > 1000);
        AssertPrivate(file);
        var live = Path.Combine(folder.Path, "live");
        await using (await Database.Open(live, postgres: null, new FakeTime()) is { Ok: true, Value: var shop } ? shop : null)
        {
            await Refuses(folder, data, "a shop's own database", "backup", "--force", Path.Combine(live, "cartwright.db"));
        }

        await Refuses(folder, data, "a shop's own database", "backup", "--force", Path.Combine(live, "cartwright.db"));
        await Refuses(folder, data, "is a folder", "backup", live);
        await Refuses(folder, data, "cannot be written: choose a folder that exists", "backup", Path.Combine(folder.Path, "nowhere", "backup.db"));
    }

    [Fact]
    public async Task Only_an_empty_place_is_restored_into()
    {
        using var folder = new TempFolder();
        var (file, other) = await BackedUp(folder);
        await using (var database = await Open(other))
        {
            Assert.True((await new Secrets(database, new IdSource()).GetOrCreate("mine", 8)).Ok);
        }

        var before = await Content(other);
        await Refuses(Restore(folder, file, other), TestDatabase.IsPostgres ? "is not empty (there is something in secret)" : "cartwright.db exists");
        Assert.Equal(before, await Content(other));
    }

    [Fact]
    public async Task What_is_no_backup_is_refused_and_leaves_the_place_empty()
    {
        using var folder = new TempFolder();
        var (file, other) = await BackedUp(folder);
        await Refuses(Restore(folder, folder.File("text.db", string.Concat(Enumerable.Repeat("no database at all. ", 500))), other), "is no backup");
        await Refuses(Restore(folder, Path.Combine(folder.Path, "missing.db"), other), "There is no file");
        await Refuses(Restore(folder, Edit(folder, file, "empty.db", "drop table schema_version"), other), "is not the database of a shop");
        await Refuses(
            Restore(folder, Edit(folder, file, "newer.db", "insert into schema_version (version, applied_at) values (999, 0)"), other), "has the schema 999");
        await Refuses(Restore(folder, Damage(folder, file), other), "is damaged");

        // Nothing of it has stayed: a good one still goes in.
        using var restore = Restore(folder, file, other);
        Assert.True(await restore.Exit() == 0, restore.Errors);
    }

    [Fact]
    public async Task A_backup_of_an_older_schema_is_brought_up_to_date()
    {
        using var folder = new TempFolder();
        var (other, file) = (Path.Combine(folder.Path, "other"), Path.Combine(folder.Path, "backup.db"));
        folder.File("backup.db", "");
        using (var old = SqliteFile.OpenToFill(file))
        {
            await old.Execute("begin");
            Assert.Equal(3, (await Migrations.Run(old, Sqlite.Dialect, new FakeTime(), upTo: 3)).Value);
            await old.Execute("insert into cart (id, version, expires_at) values ('cart_old', 7, 9999999999999)");
            await old.Execute("insert into secret (name, value) values ('old', @none)", ("@none", Array.Empty<byte>()));
            await old.Execute("commit");
        }

        using var restore = Restore(folder, file, other);
        Assert.True(await restore.Exit() == 0, restore.Errors);
        Assert.Contains($"brought from schema 3 to {Migrations.Newest}", restore.Output, StringComparison.Ordinal);
        await using var database = await Open(other);
        Assert.Equal(7, await database.Read(session => session.Integer("select version from cart where id = 'cart_old'")));
        Assert.Equal(0, await database.Read(session => session.Integer("select count(*) from orders")));
    }

    [Fact]
    public async Task Stopped_in_the_middle_there_is_no_backup_and_nothing_restored()
    {
        using var folder = new TempFolder();
        var (data, other, file) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "other"), Path.Combine(folder.Path, "backup.db"));
        await Fill(data);
        foreach (var inChecking in (bool[])[false, true])
        {
            using var stop = new CancellationTokenSource();
            var backup = new DatabaseBackup(new FakeTime())
            {
                Progressed = (_, _) => Cancel(stop, !inChecking),
                Checking = () => Cancel(stop, inChecking),
                Index = ProductSearch.Rebuild,
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await backup.Run(data, TestDatabase.Connection(data), file, overwrites: false, stop.Token));
            Assert.Empty(Directory.GetFiles(folder.Path));
        }

        // What a killed one left behind is replaced.
        folder.File("backup.db.part", "half of it");
        folder.File("backup.db.part-wal", "half of it");
        var made = await new DatabaseBackup(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(data, TestDatabase.Connection(data), file, overwrites: false, default);
        Assert.True(made.Ok, made.Problem?.Advice);
        Assert.Equal([file], Directory.GetFiles(folder.Path));

        var target = TestDatabase.IsPostgres ? TestDatabase.CreateEmpty(other) : null;
        using (var stop = new CancellationTokenSource())
        {
            var restore = new DatabaseRestore(new FakeTime()) { Progressed = (_, _) => stop.Cancel(), Index = ProductSearch.Rebuild };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await restore.Run(file, other, target, stop.Token));
        }

        Assert.Empty(Directory.Exists(other) ? Directory.GetFiles(other) : []);
        var again = await new DatabaseRestore(new FakeTime()) { Index = ProductSearch.Rebuild }.Run(file, other, target, default);
        Assert.True(again.Ok, again.Problem?.Advice);
    }

    [Fact]
    public async Task Two_backups_to_one_file_do_not_get_in_each_others_way()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "backup.db");
        using (var first = PartFile.Create(file).Value)
        {
            Assert.Contains("is another one at work", PartFile.Create(file).Problem!.Advice, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, "came first");
            Assert.False(first.Publish(overwrites: false).Ok);
        }

        Assert.Equal("came first", await File.ReadAllTextAsync(file));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("file:x.db")]
    [InlineData("p%41.db")]
    [InlineData("what? #1;a='b'.db")]
    public async Task A_backup_may_have_any_name(string name)
    {
        using var folder = new TempFolder();
        var (data, other, file) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "other"), Path.Combine(folder.Path, name));
        await Fill(data);
        using (var backup = Run(folder, data, "backup", name))
        {
            Assert.True(await backup.Exit() == 0, backup.Errors);
        }

        AssertPrivate(file);
        Assert.True(new FileInfo(file).Length > 1000);
        Assert.Equal([file], Directory.GetFiles(folder.Path));
        if (TestDatabase.IsPostgres)
        {
            TestDatabase.CreateEmpty(other);
        }

        using var restore = Run(folder, other, "restore", name);
        Assert.True(await restore.Exit() == 0, restore.Errors);
    }

    [Fact]
    public void A_file_with_nothing_in_it_does_not_get_its_name()
    {
        using var folder = new TempFolder();
        using (var part = PartFile.Create(Path.Combine(folder.Path, "backup.db")).Value)
        {
            Assert.Contains("nothing was written", part.Publish(overwrites: false).Problem!.Advice, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    /// <summary>A backup of a filled shop, and a place for another.</summary>
    private static async Task<(string File, string Other)> BackedUp(TempFolder folder)
    {
        var (data, file) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "backup.db"));
        await Fill(data);
        using var backup = Run(folder, data, "backup", file);
        Assert.Equal(0, await backup.Exit());
        return (file, Path.Combine(folder.Path, "other"));
    }

    /// <summary>A shop with a year of sales, a secret and a cart; the cart's id.</summary>
    private static async Task<string> Fill(string data)
    {
        Directory.CreateDirectory(data);
        await using var database = await TestDatabase.Open(data, new FakeTime());
        Assert.True((await new Secrets(database, new IdSource()).GetOrCreate("mine", 32)).Ok);
        return await CopiedShop.Fill(database, Path.Combine(data, "catalog.json"));
    }

    /// <summary>Every row of every table, in words.</summary>
    internal static async Task<List<string>> Content(string data)
    {
        await using var database = await Open(data);
        List<string> tables;
        using (var folder = new TempFolder())
        using (var schema = SqliteFile.OpenToFill(folder.File("schema.db", "")))
        {
            await Migrations.Run(schema, Sqlite.Dialect, new FakeTime());
            tables = [.. await ShopTables.Of(schema)];
        }

        return await database.Read(async session =>
        {
            var rows = new List<string>();
            foreach (var table in tables)
            {
                var all = await session.Query($"select * from {table}", row => $"{table}: {string.Join(" | ", Enumerable.Range(0, row.FieldCount).Select(i => $"{row.GetName(i)}={Text(row.GetValue(i))}").Order(StringComparer.Ordinal))}");
                rows.AddRange(all.Order(StringComparer.Ordinal));
            }

            Assert.NotEmpty(rows);
            return rows;
        });

        static string Text(object value) => value is byte[] bytes ? Convert.ToHexString(bytes) : value is DBNull ? "null" : $"'{value}'";
    }

    private static async ValueTask<Database> Open(string data) =>
        (await Database.Open(data, TestDatabase.IsPostgres ? TestDatabase.CreateEmpty(data) : null, new FakeTime())).Value;

    private static ShopProcess Run(TempFolder folder, string data, params string[] arguments) => ShopProcess.Run(folder.Path, arguments, ("CARTWRIGHT_DATA", data));

    /// <summary>Restores into a data folder of which there is nothing yet, or into its database of which there is no table yet.</summary>
    internal static ShopProcess Restore(TempFolder folder, string file, string data)
    {
        if (TestDatabase.IsPostgres)
        {
            TestDatabase.CreateEmpty(data);
        }

        return Run(folder, data, "restore", file);
    }

    private static Task Refuses(TempFolder folder, string data, string advice, params string[] arguments) => Refuses(Run(folder, data, arguments), advice);

    private static async Task Refuses(ShopProcess process, string advice)
    {
        using (process)
        {
            Assert.True(await process.Exit() == 2, process.Errors + process.Output);
            Assert.Contains(advice, process.Errors, StringComparison.Ordinal);
            Assert.Single(process.Errors.TrimEnd().Split('\n'));
            Assert.Empty(process.Output);
        }
    }

    private static string Edit(TempFolder folder, string file, string name, string sql)
    {
        var copy = Path.Combine(folder.Path, name);
        File.Copy(file, copy);
        using var session = SqliteFile.OpenToFill(copy);
        session.Script(sql).AsTask().GetAwaiter().GetResult();
        return copy;
    }

    // The pages in the middle of the file.
    private static string Damage(TempFolder folder, string file)
    {
        var copy = Path.Combine(folder.Path, "damaged.db");
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(bytes.Length / 4, bytes.Length / 2).Fill(0x5A);
        File.WriteAllBytes(copy, bytes);
        return copy;
    }

    private static void AssertPrivate(string file) => Assert.True(
        OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

    private static void Cancel(CancellationTokenSource stop, bool now)
    {
        if (now)
        {
            stop.Cancel();
        }
    }
}
