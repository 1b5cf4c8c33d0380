using System.Text.Json.Nodes;

namespace Cartwright.Tests.Process;

/// <summary>How a shopper's assistant comes to an order.</summary>
internal enum CheckoutWay
{
    /// <summary>Fills a cart, then checks it out under an idempotency key.</summary>
    Key,

    /// <summary>The same without a key.</summary>
    NoKey,

    /// <summary>Names the items only when it checks out; the key is all that a repeated call can be known by.</summary>
    Items,

    /// <summary>Names no cart: the host's conversation finds it.</summary>
    Conversation,
}

/// <summary>One purchase, and when the server dies in it. Everything follows from the seed.</summary>
/// <param name="Presses">The buttons of the payment step, one after the other.</param>
/// <param name="GivesAddress">False: abandoned before the address.</param>
/// <param name="IsDoubled">Whether everything is sent twice at once, as by a double click.</param>
/// <param name="KillAfter">The commit after which the server is killed; beyond the last one it is not.</param>
/// <param name="Delay">How much later than the commit.</param>
internal sealed record PurchasePlan(
    int Seed, CheckoutWay Way, IReadOnlyList<string> Presses, bool GivesAddress, bool IsDoubled, int KillAfter, TimeSpan Delay)
{
    // Commits: cart, order, session, address; then of each button its transaction, and of each webhook receipt, application, end of delivery.
    private const int BaseSteps = 4;

    private static readonly Dictionary<string, int> Steps = new(StringComparer.Ordinal)
    {
        ["approve"] = 7,
        ["decline"] = 4,
        ["approval"] = 4,
        ["confirm"] = 7,
        ["reject"] = 4,
        ["pending"] = 8,
        ["timeout"] = 5,
    };

    private static readonly string[][] Courses =
    [
        ["approve"],
        ["decline", "approve"],
        ["approval", "confirm"],
        ["approval", "reject", "approve"],
        ["pending"],
        ["timeout", "approve"],
        ["decline"],
        ["approval", "reject"],
        ["approval"],
        [],
    ];

    // Microseconds: at once, so that the answer is still on its way, or while the next step is being made.
    private static readonly int[] Delays = [0, 0, 200, 1000, 4000];

    public bool IsApproved => Presses is [.., "approve" or "confirm" or "pending"];

    public string Product => ProductOf(Seed);

    public string Conversation => $"the conversation of purchase {Seed}";

    /// <summary>
    /// Whether the server asks the provider about orders that wait. If it does not, webhooks alone have to do, and none may get lost; only
    /// what times out is never told, which is an odd seed's.
    /// </summary>
    public static bool AsksProvider(int seed) => seed % 2 == 1;

    /// <summary>Each purchase has a product of its own with just enough in stock, so that reserving it twice would fail.</summary>
    public static string ProductOf(int seed) => $"only-{seed}";

    /// <summary>Two hundred seeds take every course through all of its steps.</summary>
    public static PurchasePlan Of(int seed)
    {
        var random = new Random(seed);
        var presses = Courses[seed % Courses.Length];
        var steps = BaseSteps + presses.Sum(press => Steps[press]);
        return new PurchasePlan(
            seed,
            (CheckoutWay)random.Next(4),
            presses,
            GivesAddress: presses.Length > 0 || random.Next(2) == 0,
            IsDoubled: random.Next(3) == 0,
            KillAfter: 1 + (seed / Courses.Length % (steps + 1)),
            TimeSpan.FromMicroseconds(Delays[random.Next(Delays.Length)]));
    }

    public JsonArray Items() => [ShopCaller.Item(Product, 2), ShopCaller.Item("common", 1 + (Seed % 3)), ShopCaller.Item("endless", 1)];

    public override string ToString() =>
        $"seed {Seed}: {Way}{(IsDoubled ? ", doubled" : "")}, {(Presses.Count > 0 ? string.Join(" > ", Presses) : GivesAddress ? "address" : "nothing")}, "
        + $"dies after commit {KillAfter} + {Delay.TotalMicroseconds} us";
}
