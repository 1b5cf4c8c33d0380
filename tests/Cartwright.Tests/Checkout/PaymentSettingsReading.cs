using Cartwright.Server;
using Cartwright.Server.Payments;
using Cartwright.Tests.Mcp;
using Cartwright.Tests.Orders;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Checkout;

/// <summary>Who takes the money, as the settings say; and settings that do not go together.</summary>
public sealed class PaymentSettingsReading
{
    private static readonly Uri Local = new("http://localhost:3000");
    private static readonly Uri Public = new("https://shop.example.com");

    private static readonly (string, string)[] Gr4vy =
        [("GR4VY_ID", "acme"), ("GR4VY_MERCHANT_ACCOUNT_ID", "main"), ("GR4VY_PRIVATE_KEY_PATH", "key.pem")];

    [Fact]
    public void Nothing_set_is_the_sandbox_at_home_and_nobody_in_public()
    {
        var payments = Read().Value.Payments;
        Assert.Equal((ProviderNames.Sandbox, null), (payments.ProviderFor(Local), payments.ProviderFor(Public)));
        Assert.Equal(
            (CheckoutMode.Hosted, TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(15), false),
            (payments.Mode, payments.OrderLifetime, payments.FirstCheck, payments.CapturesLater));
    }

    [Fact]
    public void Gr4vys_settings_alone_choose_it_and_a_name_chooses_before_them()
    {
        var payments = Read(Gr4vy).Value.Payments;
        Assert.Equal((ProviderNames.Gr4vy, ProviderNames.Gr4vy), (payments.ProviderFor(Local), payments.ProviderFor(Public)));
        Assert.Equal(ProviderNames.Sandbox, Read([.. Gr4vy, ("PAYMENT_PROVIDER", "sandbox")]).Value.Payments.ProviderFor(Public));
        Assert.Null(Read([.. Gr4vy, ("PAYMENT_PROVIDER", "off")]).Value.Payments.ProviderFor(Local));
        Assert.Equal(["a", "b"], Read([.. Gr4vy, ("GR4VY_WEBHOOK_SECRET", " a, ,b,")]).Value.Payments.WebhookSecrets);
        Assert.Equal("a\nb", Read(Gr4vy[0], Gr4vy[1], ("GR4VY_PRIVATE_KEY", "a\\nb")).Value.Payments.Gr4vy!.PrivateKey);
    }

    [Theory]
    [InlineData("GR4VY_ID=acme", "GR4VY_MERCHANT_ACCOUNT_ID, GR4VY_PRIVATE_KEY_PATH (or GR4VY_PRIVATE_KEY)")]
    [InlineData("GR4VY_MERCHANT_ACCOUNT_ID=main", "GR4VY_ID, GR4VY_PRIVATE_KEY_PATH (or GR4VY_PRIVATE_KEY)")]
    [InlineData("GR4VY_PRIVATE_KEY=x", "GR4VY_ID, GR4VY_MERCHANT_ACCOUNT_ID")]
    [InlineData("GR4VY_ID=acme;GR4VY_PRIVATE_KEY_PATH=x", "GR4VY_MERCHANT_ACCOUNT_ID")]
    [InlineData("GR4VY_ENVIRONMENT=production", "GR4VY_ID, GR4VY_MERCHANT_ACCOUNT_ID, GR4VY_PRIVATE_KEY_PATH (or GR4VY_PRIVATE_KEY)")]
    [InlineData("PAYMENT_PROVIDER=gr4vy", "GR4VY_ID, GR4VY_MERCHANT_ACCOUNT_ID, GR4VY_PRIVATE_KEY_PATH (or GR4VY_PRIVATE_KEY)")]
    public void Half_of_Gr4vys_settings_are_a_mistake_that_names_the_rest(string set, string missing)
    {
        var problem = Read([.. set.Split(';').Select(pair => (pair.Split('=')[0], pair.Split('=')[1]))]).Problem!;
        Assert.Equal($"Gr4vy needs more settings: {missing}. Set them all, or none.", problem.Advice);
    }

    [Theory]
    [InlineData("PAYMENT_PROVIDER", "stripe")]
    [InlineData("PAYMENT_PROVIDER", "Sandbox")]
    [InlineData("CHECKOUT_MODE", "popup")]
    [InlineData("CHECKOUT_MODE", "1")]
    [InlineData("GR4VY_ENVIRONMENT", "live")]
    [InlineData("GR4VY_INTENT", "approve")]
    [InlineData("GR4VY_ID", "acme.evil.example/")]
    [InlineData("GR4VY_API_URL", "http://api.example.com")]
    [InlineData("GR4VY_API_URL", "api.example.com")]
    [InlineData("GR4VY_API_URL", "ftp://api.example.com")]
    [InlineData("GR4VY_EMBED_SCRIPT_URL", "http://cdn.example.com/embed.js")]
    [InlineData("SANDBOX_WEBHOOK_URL", "http://example.com/hook")]
    [InlineData("CARTWRIGHT_ORDER_MINUTES", "0")]
    [InlineData("CARTWRIGHT_ORDER_MINUTES", "1441")]
    [InlineData("CARTWRIGHT_RECONCILE_SECONDS", "0")]
    public void Is_refused_in_one_line_that_names_it(string name, string value)
    {
        var problem = Read([.. name.StartsWith("GR4VY_ID", StringComparison.Ordinal) ? Gr4vy[1..] : Gr4vy, (name, value)]).Problem!;
        Assert.StartsWith($"{name} is \"{value}\", but must be ", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', name == "GR4VY_ID" ? "" : problem.Advice);
    }

    [Theory]
    [InlineData("GR4VY_API_URL", "http://127.0.0.1:4010")]
    [InlineData("GR4VY_API_URL", "http://localhost:4010/v1")]
    [InlineData("GR4VY_API_URL", "https://api.example.com")]
    [InlineData("SANDBOX_WEBHOOK_URL", "http://[::1]:5000/hook")]
    public void Is_fine(string name, string value) => Assert.True(Read([.. Gr4vy, (name, value)]).Ok);

    [Fact]
    public void Simulated_payments_and_a_production_environment_do_not_go_together()
    {
        foreach (var more in new[] { [], Gr4vy })
        {
            var problem = Read([.. more, ("PAYMENT_PROVIDER", "sandbox"), ("GR4VY_ENVIRONMENT", "production")]).Problem!;
            Assert.Contains("simulated payments and real ones do not go together", problem.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_keys_are_a_mistake() =>
        Assert.Contains("both set: keep one", Read([.. Gr4vy, ("GR4VY_PRIVATE_KEY", "x")]).Problem!.Advice, StringComparison.Ordinal);

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----")]
    [InlineData("nonsense")]
    public async Task A_key_that_is_none_ends_the_start_and_is_not_repeated(string key)
    {
        using var folder = new TempFolder();
        var settings = new Settings
        {
            Port = 0,
            DataFolder = Path.Combine(folder.Path, "data"),
            CatalogFile = ShopServer.SampleFile("plantly"),
            Payments = new PaymentSettings { Gr4vy = new Gr4vySettings("acme", "sandbox", "main", null, key) },
        };
        var problem = (await ServerBuilder.Build(settings, new FakeTime(), new IdSource())).Problem!;
        Assert.StartsWith("GR4VY_PRIVATE_KEY: ", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", problem.Advice, StringComparison.Ordinal);

        settings = settings with { Payments = new PaymentSettings { Gr4vy = new Gr4vySettings("acme", "sandbox", "main", Path.Combine(folder.Path, "no.pem"), null) } };
        Assert.Contains("no.pem cannot be read", (await ServerBuilder.Build(settings, new FakeTime(), new IdSource())).Problem!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_shop_without_a_provider_has_no_checkout_and_says_so_in_its_log()
    {
        var log = new LogLines();
        await using var shop = await ShopServer.Start(
            Sample.Catalog(Sample.Plants()), change: settings => settings with { PublicUrl = Public }, logging: log.Begin);
        var tools = (await shop.Wire.Ask("tools/list")).Result["tools"]!.AsArray().Select(tool => (string?)tool!["name"]).ToList();
        Assert.DoesNotContain("start_checkout", tools);
        Assert.Contains("get_order", tools);
        Assert.NotNull((await shop.Wire.Ask("tools/call", """{"name":"start_checkout","arguments":{}}""")).Code);
        Assert.Contains("Checkout is off", log.Of("Cartwright"), StringComparison.Ordinal);
        using var nothing = new ByteArrayContent([]);
        Assert.Equal(503, (await shop.Wire.Send("POST", WebhookRoute.Path, nothing)).Status);
    }

    [Fact]
    public async Task A_public_shop_has_the_sandbox_when_it_is_named()
    {
        await using var shop = await ShopServer.Start(Sample.Catalog(Sample.Plants()), change: settings => settings with
        {
            PublicUrl = Public,
            Payments = new PaymentSettings { Provider = ProviderNames.Sandbox },
        });
        var started = await shop.Call("start_checkout", """{"items":[{"product_id":"fern"}]}""");
        Assert.StartsWith("https://shop.example.com/checkout/chk_", started.Url(), StringComparison.Ordinal);
        Assert.True((bool)started.Data()["simulated"]!);
    }

    private static Result<Settings> Read(params (string Name, string Value)[] variables) =>
        Settings.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
