using Cartwright.Server.Orders;
using Cartwright.Server.Storage;
using Cartwright.Tests.Shop;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cartwright.Tests.Process;

/// <summary>
/// Goes through the books with SQL of its own, past everything that keeps them. Each check names the rows that are wrong; none is right.
/// </summary>
internal sealed class PurchaseLedger(string folder)
{
    // True after every commit, so also at the moment of a crash.
    private const string Always =
        """
        select 'order ' || id || ' is over ' || amount_minor || ', not the sum of its lines' from orders o
            where amount_minor <> (select sum(price_minor * quantity) from order_line l where l.order_id = o.id)
        union all select 'cart ' || cart_id || ' has ' || count(*) || ' orders' from orders group by cart_id having count(*) > 1
        union all select 'order ' || id || ' is ' || state || ', its stock ' || stock from orders
            where stock <> case state when 'paid' then 'taken' when 'expired' then 'released' else 'reserved' end
        union all select 'order ' || id || ' is ' || state || ' with is_open ' || is_open from orders
            where is_open <> case when state in ('paid', 'expired') then 0 else 1 end
        union all select 'order ' || id || ' is paid with ' || captured_minor || ' of ' || amount_minor from orders
            where (state = 'paid' and (captured_minor <> amount_minor or paid_at is null)) or (state <> 'paid' and (captured_minor <> 0 or paid_at is not null))
        union all select 'order ' || order_id || ' was paid ' || count(*) || ' times' from sandbox_transaction
            where status = 'capture_succeeded' group by order_id having count(*) > 1
        union all select 'the cart of order ' || o.id || ' has ' || l.quantity || ' ' || l.product_id || ' though it is paid'
            from orders o join cart_line l on l.cart_id = o.cart_id where o.state = 'paid'
        union all select 'the cart of order ' || o.id || ' lost ' || l.product_id || ' though it is ' || o.state from orders o
            join order_line l on l.order_id = o.id left join cart_line c on c.cart_id = o.cart_id and c.product_id = l.product_id
            where o.state <> 'paid' and c.quantity is not l.quantity
        union all select 'order ' || order_id || ', entry ' || number || ': from ' || from_state || ' after ' || coalesce(before, 'nothing') from
            (select e.*, lag(to_state) over trail as before, row_number() over trail as position from order_event e
                window trail as (partition by order_id order by number))
            where from_state <> coalesce(before, 'awaiting_payment') or number <> position
        union all select 'order ' || o.id || ' is ' || o.state || ', its trail ends otherwise' from orders o
            where o.state is not (select to_state from order_event e where e.order_id = o.id order by number desc limit 1)
        union all select 'webhook ' || id || ': ' || coalesce(outcome, 'no outcome') from webhook_receipt
            where outcome like 'refused%' or outcome = 'no such order' or (applied_at is not null and outcome is null)
        """;

    // True when all that is on its way has arrived.
    private const string AtRest =
        """
        select 'order ' || o.id || ' is ' || o.state || ', its transactions are ' || coalesce(group_concat(t.status), 'none') from orders o
            left join sandbox_transaction t on t.order_id = o.id group by o.id
            having o.state <> case
                when max(t.status = 'capture_succeeded') then 'paid'
                when max(t.status = 'authorization_succeeded') then 'authorized'
                when max(t.status in ('processing', 'buyer_approval_pending', 'capture_pending')) then 'payment_pending'
                when count(t.id) > 0 then 'payment_failed'
                else 'awaiting_payment' end
                or o.captured_minor <> coalesce(sum(t.captured_minor), 0)
        union all select 'webhook ' || id || ' is not applied' from webhook_receipt where applied_at is null
        union all select 'webhook ' || id || ' is not delivered' from sandbox_delivery
        union all select 'transaction ' || transaction_id || ' will be ' || status from sandbox_step
        """;

    // For sale, set aside and sold: together what there was at first, whatever happens.
    private const string Stock =
        """
        select p.id || ' ' || (p.stock + coalesce(sum(case when o.stock in ('reserved', 'taken') then l.quantity end), 0))
            from product p left join order_line l on l.product_id = p.id left join orders o on o.id = l.order_id
            where p.stock is not null group by p.id order by p.id
        """;

    private readonly string _data = Path.Combine(folder, "data");

    public string File => Path.Combine(_data, "cartwright.db");

    /// <summary>
    /// The books as a crash has left them. A copy: whoever opens a log that nobody has open recovers it, which is for the server to do.
    /// </summary>
    public PurchaseLedger CopyTo(string copy)
    {
        var data = Directory.CreateDirectory(Path.Combine(copy, "data")).FullName;
        foreach (var file in Directory.GetFiles(_data, "cartwright.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            System.IO.File.Copy(file, Path.Combine(data, Path.GetFileName(file)));
        }

        return new PurchaseLedger(copy);
    }

    /// <summary>What must hold at any moment; with these stocks at first ("product pieces").</summary>
    public async Task CheckNow(IEnumerable<string> stock)
    {
        using var session = Open();
        await session.Execute("begin");
        Assert.Empty(await Texts(session, Always));
        Assert.Equal(stock.Order(StringComparer.Ordinal), (await Texts(session, Stock)).Order(StringComparer.Ordinal));
    }

    /// <summary>What still has to arrive.</summary>
    public async Task<List<string>> Waiting()
    {
        using var session = Open();
        return await Texts(session, AtRest);
    }

    /// <summary>The orders that there are, with their states.</summary>
    public async Task<Dictionary<string, string>> States()
    {
        using var session = Open();
        var rows = await session.Query("select id, state from orders", row => (row.GetString(0), row.GetString(1)));
        return rows.ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
    }

    /// <summary>How far the youngest purchase has come, to tell one crash from another.</summary>
    public async Task<string> Progress()
    {
        using var session = Open();
        var rows = await Texts(
            session,
            """
            select o.state || case when o.session_id is null then '' else ', session' end || case when o.buyer is null then '' else ', address' end
                || ', transactions ' || (select count(*) from sandbox_transaction t where t.order_id = o.id)
                || ', steps ' || (select count(*) from sandbox_step)
                || ', deliveries ' || (select count(*) from sandbox_delivery)
                || ', receipts ' || (select count(*) from webhook_receipt r where r.order_id = o.id)
                || ' + ' || (select count(*) from webhook_receipt r where r.applied_at is null)
                from orders o order by o.rowid desc limit 1
            """);
        return rows.FirstOrDefault() ?? "no order";
    }

    /// <summary>Lets far more time pass than any order has; nothing may be set aside after it.</summary>
    public async Task PassTime()
    {
        var clock = new FakeTime();
#pragma warning disable RS0030 // The server's clock was the system's.
        clock.Pass(TimeProvider.System.GetUtcNow() - clock.GetUtcNow() + TimeSpan.FromDays(1));
#pragma warning restore RS0030
        await using var database = await TestDatabase.Open(_data, clock);
        Assert.Equal(["ok"], await database.Read(session => session.Query("pragma integrity_check", row => row.GetString(0))));
        Assert.Empty(await database.Read(session => session.Query("pragma foreign_key_check", row => row.GetString(0))));
        Assert.True((await new OrderBook(database, clock, new OrderOptions(), NullLogger<OrderBook>.Instance).LapseAll()).Ok);
    }

    private SqliteSession Open() => Sqlite.Connect(File, readOnly: true);

    private static async Task<List<string>> Texts(DbSession session, string sql) => await session.Query(sql, row => row.GetString(0));
}
