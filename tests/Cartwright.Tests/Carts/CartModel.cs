using Cartwright.Server.Carts;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Shop;
using FsCheck.Fluent;

namespace Cartwright.Tests.Carts;

/// <summary>Random histories of one cart against the simplest thing that could keep it: a dictionary and a counter.</summary>
public sealed class CartModel
{
    private static readonly CartAddress Talk = new(Conversation: "openai:abc");

    [Fact]
    public void Any_history_of_calls_ends_in_the_quantities_and_versions_of_the_model()
    {
        var entry = from product in Gen.Choose(0, 4) from quantity in Gen.Choose(0, 60) select (Product: product, Quantity: quantity);
        var call =
            from operation in Gen.Elements(CartOperation.Add, CartOperation.Update, CartOperation.Replace)
            from size in Gen.Choose(1, 3)
            from entries in Gen.ListOf(entry, size)
            select (Operation: operation, Entries: entries.ToList());
        var histories = from size in Gen.Choose(1, 12) from calls in Gen.ListOf(call, size) select calls.ToList();

        Prop.ForAll(
            histories.ToArbitrary(),
            history => Task.Run(() => Play(history)).GetAwaiter().GetResult()).Holds(runs: 40);
    }

    private static async Task Play(List<(CartOperation Operation, List<(int Product, int Quantity)> Entries)> history)
    {
        await using var shop = await TestShop.Open([.. Sample.Many(5)]);
        var (model, version) = (new Dictionary<int, int>(), 0);
        foreach (var (operation, entries) in history)
        {
            List<CartEntry> items = [.. entries.Select(entry => new CartEntry($"p{entry.Product}", null, entry.Quantity))];
            var answer = operation switch
            {
                CartOperation.Add => await shop.Carts.Add(Talk, items),
                CartOperation.Update => await shop.Carts.Update(Talk, items),
                _ => await shop.Carts.Replace(Talk, items),
            };
            var expected = Expect(model, operation, entries);
            Assert.Equal(expected is not null, answer.Ok);
            if (expected is not null)
            {
                version += expected.OrderBy(line => line.Key).SequenceEqual(model.OrderBy(line => line.Key)) ? 0 : 1;
                model = expected;
            }

            var cart = await shop.Show(Talk);
            Assert.Equal(version, cart.Version);
            Assert.Equal(model.OrderBy(line => line.Key).Select(line => ($"p{line.Key}", (long)line.Value)), cart.Items.Select(item => (item.ProductId, item.Quantity)).Order());
            Assert.Equal(cart.Items.Sum(item => item.LineTotal), cart.Subtotal);
            Assert.Equal(model.Sum(line => (line.Key + 1m) * line.Value), cart.Subtotal);
        }
    }

    // Null when the call has to be refused.
    private static Dictionary<int, int>? Expect(Dictionary<int, int> before, CartOperation operation, List<(int Product, int Quantity)> entries)
    {
        var after = operation == CartOperation.Replace ? [] : new Dictionary<int, int>(before);
        foreach (var group in entries.GroupBy(entry => entry.Product, entry => entry.Quantity))
        {
            if (operation == CartOperation.Add)
            {
                after[group.Key] = before.GetValueOrDefault(group.Key) + group.Sum();
                if (group.Contains(0) || after[group.Key] > 99)
                {
                    return null;
                }
            }
            else if (group.Distinct().Count() > 1)
            {
                return null;
            }
            else if (group.First() == 0)
            {
                after.Remove(group.Key);
            }
            else
            {
                after[group.Key] = group.First();
            }
        }

        return after;
    }
}
