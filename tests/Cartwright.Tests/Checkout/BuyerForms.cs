using Cartwright.Server.Checkout;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cartwright.Tests.Checkout;

public sealed class BuyerForms
{
    private static readonly Dictionary<string, string> Ada = new(StringComparer.Ordinal)
    {
        ["email"] = "ada@example.com",
        ["name"] = "Ada Lovelace",
        ["line1"] = "12 St James's Square",
        ["line2"] = "",
        ["city"] = "London",
        ["region"] = "",
        ["postal_code"] = "SW1Y 4JH",
        ["country"] = "GB",
    };

    [Fact]
    public void A_complete_form_gives_trimmed_details()
    {
        var form = Read(("name", "  Ada Lovelace\t"));

        Assert.Equal(
            new BuyerDetails("ada@example.com", "Ada Lovelace", "12 St James's Square", "", "London", "", "SW1Y 4JH", "GB"), form.Details);
        Assert.Empty(form.Mistakes);
        Assert.Equal("Ada Lovelace", form.Typed["name"]);
    }

    [Fact]
    public void An_empty_form_names_every_field_that_is_needed()
    {
        var form = BuyerForm.Read(new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.Null(form.Details);
        Assert.Equal(["city", "country", "email", "line1", "name"], form.Mistakes.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("@example.com")]
    [InlineData("ada@")]
    [InlineData("ada@@example.com")]
    [InlineData("ada@b@example.com")]
    [InlineData("ada lovelace@example.com")]
    [InlineData("ada@.example.com")]
    [InlineData("ada@example..com")]
    [InlineData("ada@example.com.")]
    [InlineData("Ada <ada@example.com>")]
    [InlineData("ada@example.com,eve@example.com")]
    public void What_is_no_email_address_is_refused_with_an_example(string email)
    {
        var form = Read(("email", email));

        Assert.Null(form.Details);
        Assert.Contains("name@example.com", form.Mistakes["email"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@localhost")]
    [InlineData("ada+shop@mail.example.co.uk")]
    [InlineData("o'neil@example.com")]
    [InlineData("用户@例子.广告")]
    public void Unusual_email_addresses_are_fine(string email) => Assert.Equal(email, Read(("email", email)).Details?.Email);

    [Theory]
    [InlineData("name", "Ada\r\nBcc: eve@example.com")]
    [InlineData("name", "Ada\0Lovelace")]
    [InlineData("city", "Lon\u2028don")]
    [InlineData("line1", "12 \u202eeuqS")]
    [InlineData("postal_code", "SW1Y\u001b[2J")]
    [InlineData("region", "\ufffd")]
    public void Control_characters_are_refused(string field, string text)
    {
        var form = Read((field, text));

        Assert.Null(form.Details);
        Assert.Contains("cannot be printed", form.Mistakes[field], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "علی‌رضا")]
    [InlineData("name", "Zoë 😀 Nguyễn")]
    [InlineData("city", "京都市")]
    public void Every_script_is_welcome(string field, string text) => Assert.Empty(Read((field, text)).Mistakes);

    [Fact]
    public void A_text_of_the_longest_length_fits_and_a_longer_one_is_refused_and_cut()
    {
        foreach (var (name, limit) in BuyerForm.Fields.Where(field => field.Name is not ("email" or "country")))
        {
            Assert.Null(Read((name, new string('x', limit))).Mistakes.GetValueOrDefault(name));
            var form = Read((name, new string('x', limit + 100_000)));
            Assert.Contains($"at most {limit}", form.Mistakes[name], StringComparison.Ordinal);
            Assert.Equal(limit, form.Typed[name].Length);
        }

        var emoji = Read(("name", new string('x', 99) + "😀"));
        Assert.Equal(new string('x', 99), emoji.Typed["name"]);
    }

    [Theory]
    [InlineData("US", true)]
    [InlineData("DE", true)]
    [InlineData("JP", true)]
    [InlineData("HK", false)]
    [InlineData("AE", false)]
    [InlineData("IE", false)]
    public void A_postal_code_is_asked_for_where_addresses_have_one(string country, bool needed)
    {
        var form = Read(("country", country), ("postal_code", " "));

        Assert.Equal(needed, form.Mistakes.ContainsKey("postal_code"));
        Assert.Equal(needed, form.Details is null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("XX")]
    [InlineData("gb")]
    [InlineData("GBR")]
    [InlineData("<b")]
    public void Only_countries_of_the_list_count(string country) =>
        Assert.Equal(country == "GBR" ? "This is too long: use at most 2 characters." : "Choose a country from the list.", Read(("country", country)).Mistakes["country"]);

    [Fact]
    public void The_list_has_every_country_once()
    {
        Assert.Equal(249, Countries.All.Count);
        Assert.Equal(249, Countries.All.Select(country => country.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Countries.All, country => Assert.True(country.Code.All(char.IsAsciiLetterUpper) && country.Name.Length > 2, country.Name));
        Assert.Equal("Türkiye", Countries.NameOf("TR"));
    }

    [Fact]
    public void Of_a_field_that_was_sent_twice_the_first_counts_and_fields_nobody_asked_for_are_ignored()
    {
        var fields = Ada.ToDictionary(field => field.Key, field => new StringValues(field.Value), StringComparer.Ordinal);
        fields["name"] = new StringValues(["Ada", "Eve"]);
        fields["amount"] = "1";

        var form = BuyerForm.Read(new FormCollection(fields));

        Assert.Equal("Ada", form.Details?.Name);
        Assert.DoesNotContain("amount", form.Typed.Keys);
    }

    [Fact]
    public void Details_put_back_into_the_form_are_the_same_details()
    {
        var details = Read(("line2", "Floor 2"), ("region", "Greater London")).Details;

        Assert.NotNull(details);
        Assert.Equal(details, BuyerForm.Read(BuyerForm.From(details)).Details);
    }

    private static BuyerForm Read(params (string Name, string Value)[] changes)
    {
        var fields = new Dictionary<string, string>(Ada, StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return BuyerForm.Read(fields);
    }
}
