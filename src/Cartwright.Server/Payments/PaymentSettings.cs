namespace Cartwright.Server.Payments;

/// <summary>Where the shopper pays.</summary>
internal enum CheckoutMode
{
    /// <summary>On a page of the shop's own origin.</summary>
    Hosted,

    /// <summary>In the widget. Assistants' rules forbid it for published shops.</summary>
    Embedded,
}

/// <summary>What Gr4vy needs. The key is read later: from the file, or as it stands here.</summary>
internal sealed record Gr4vySettings(string Id, string Environment, string MerchantAccountId, string? PrivateKeyPath, string? PrivateKey)
{
    /// <summary>Null for the address that follows from id and environment.</summary>
    public Uri? ApiUrl { get; init; }

    /// <summary>Null for Gr4vy's own.</summary>
    public Uri? EmbedScript { get; init; }
}

/// <summary>How the shop is paid.</summary>
internal sealed record PaymentSettings
{
    public static IReadOnlyList<SettingHelp> Help { get; } =
    [
        new("PAYMENT_PROVIDER", "who takes the money: sandbox (simulated), gr4vy, or off", "gr4vy if its settings are there, else sandbox while the public URL is a loopback address"),
        new("CHECKOUT_MODE", "where shoppers pay: hosted (the shop's page) or embedded (in the widget, gr4vy only)", "hosted"),
        new("GR4VY_ID", "Gr4vy: id of the instance", "none"),
        new("GR4VY_ENVIRONMENT", "Gr4vy: sandbox or production", "sandbox"),
        new("GR4VY_MERCHANT_ACCOUNT_ID", "Gr4vy: the merchant account that is paid", "none"),
        new("GR4VY_PRIVATE_KEY_PATH", "Gr4vy: file with the private key (PEM, EC P-521)", "none"),
        new("GR4VY_PRIVATE_KEY", "Gr4vy: the private key itself, with \\n for its line breaks", "none"),
        new("GR4VY_WEBHOOK_SECRET", "Gr4vy: secret of the webhook subscription; several by commas while it is rotated", "none"),
        new("GR4VY_INTENT", "capture, or authorize to take the money later (cartwright orders capture)", "capture"),
        new("GR4VY_API_URL", "Gr4vy: another address of its API", "follows from id and environment"),
        new("GR4VY_EMBED_SCRIPT_URL", "Gr4vy: another address of its script", "follows from the id"),
        new("CARTWRIGHT_ORDER_MINUTES", "minutes that an order can be paid and keeps its stock", "30"),
        new("CARTWRIGHT_RECONCILE_SECONDS", "seconds without news after which the provider is asked about an order", "15"),
        new("SANDBOX_WEBHOOK_URL", "where the sandbox delivers its webhooks", "this server"),
    ];

    /// <summary>As it was set; null to choose by the other settings.</summary>
    public string? Provider { get; init; }

    public CheckoutMode Mode { get; init; }

    public Gr4vySettings? Gr4vy { get; init; }

    /// <summary>Active ones; several while they are rotated. The sandbox uses the first, or one of its own making.</summary>
    public IReadOnlyList<string> WebhookSecrets { get; init; } = [];

    public bool CapturesLater { get; init; }

    public TimeSpan OrderLifetime { get; init; } = TimeSpan.FromMinutes(30);

    public TimeSpan FirstCheck { get; init; } = TimeSpan.FromSeconds(15);

    public Uri? SandboxWebhook { get; init; }

    /// <summary>"sandbox", "gr4vy", or null for none: simulated payments are served to the public only when they are asked for by name.</summary>
    public string? ProviderFor(Uri origin) => Provider switch
    {
        "off" => null,
        null when Gr4vy is not null => ProviderNames.Gr4vy,
        null => origin.IsLoopback ? ProviderNames.Sandbox : null,
        _ => Provider,
    };

    public static PaymentSettings Read(SettingsReader reader)
    {
        var provider = reader.Get<string?>(
            "PAYMENT_PROVIDER", null, "sandbox, gr4vy or off", text => text is "sandbox" or "gr4vy" or "off" ? text : null);
        var environment = reader.Get("GR4VY_ENVIRONMENT", "sandbox", "sandbox or production", text => text is "sandbox" or "production" ? text : null);
        if (environment == "production" && provider == ProviderNames.Sandbox)
        {
            reader.Mistakes.Add(
                "PAYMENT_PROVIDER is \"sandbox\", but GR4VY_ENVIRONMENT is \"production\": simulated payments and real ones do not go together; set PAYMENT_PROVIDER=gr4vy, or take GR4VY_ENVIRONMENT away.");
        }

        return new PaymentSettings
        {
            Provider = provider,
            Mode = reader.Get(
                "CHECKOUT_MODE",
                CheckoutMode.Hosted,
                "hosted or embedded",
                text => text is "hosted" or "embedded" ? Enum.Parse<CheckoutMode>(text, ignoreCase: true) : null),
            Gr4vy = ReadGr4vy(reader, provider, environment),
            WebhookSecrets = reader.Get<IReadOnlyList<string>>(
                "GR4VY_WEBHOOK_SECRET", [], "secrets separated by commas", text => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]),
            CapturesLater = reader.Get("GR4VY_INTENT", "capture", "capture or authorize", text => text is "capture" or "authorize" ? text : null) == "authorize",
            OrderLifetime = TimeSpan.FromMinutes(reader.GetInteger("CARTWRIGHT_ORDER_MINUTES", 30, 1, 24 * 60)),
            FirstCheck = TimeSpan.FromSeconds(reader.GetInteger("CARTWRIGHT_RECONCILE_SECONDS", 15, 1, 3600)),
            SandboxWebhook = reader.Get("SANDBOX_WEBHOOK_URL", null, "an address such as http://localhost:4000/webhooks", ParseAddress),
        };
    }

    /// <summary>All of them or none: half of them would take no payments and hide why.</summary>
    private static Gr4vySettings? ReadGr4vy(SettingsReader reader, string? provider, string environment)
    {
        const string Address = "an address such as https://api.example.gr4vy.app";
        var id = reader.Get<string?>("GR4VY_ID", null, "the id of a Gr4vy instance (letters, digits, hyphens)", ParseId);
        var account = reader.Get<string?>("GR4VY_MERCHANT_ACCOUNT_ID", null, "a text", text => text);
        var path = reader.Get<string?>("GR4VY_PRIVATE_KEY_PATH", null, "a file", text => text);
        var key = reader.Get<string?>("GR4VY_PRIVATE_KEY", null, "a key", text => text.Replace("\\n", "\n", StringComparison.Ordinal));
        var api = reader.Get("GR4VY_API_URL", null, Address, ParseAddress);
        var script = reader.Get("GR4VY_EMBED_SCRIPT_URL", null, Address, ParseAddress);
        List<string> missing = [];
        missing.AddRange(id is null ? ["GR4VY_ID"] : []);
        missing.AddRange(account is null ? ["GR4VY_MERCHANT_ACCOUNT_ID"] : []);
        missing.AddRange(path is null && key is null ? ["GR4VY_PRIVATE_KEY_PATH (or GR4VY_PRIVATE_KEY)"] : []);
        if (missing.Count == 0)
        {
            if (path is not null && key is not null)
            {
                reader.Mistakes.Add("GR4VY_PRIVATE_KEY_PATH and GR4VY_PRIVATE_KEY are both set: keep one of them.");
            }

            return new Gr4vySettings(id!, environment, account!, path, key) { ApiUrl = api, EmbedScript = script };
        }

        var isMeant = provider == ProviderNames.Gr4vy || (provider is null && (environment == "production" || id is not null || account is not null || path is not null || key is not null));
        if (isMeant)
        {
            reader.Mistakes.Add($"Gr4vy needs more settings: {string.Join(", ", missing)}. Set them all, or none.");
        }

        return null;
    }

    // It becomes part of host names.
    private static string? ParseId(string text) => text.Length <= 63 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? text : null;

    /// <summary>Encrypted, unless it stays on this machine.</summary>
    private static Uri? ParseAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) ? uri : null;
}
