using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Server.Payments.Sandbox;
using Cartwright.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Payments;

/// <summary>Who takes the money in this shop, as its settings say.</summary>
/// <param name="Provider">Null while the shop takes no payments.</param>
/// <param name="Sandbox">The same, when it is the simulated one.</param>
/// <param name="EmbedScript">Where browsers load the payment form from; null without one.</param>
/// <param name="EmbedFrame">The origin of the form's frame.</param>
internal sealed record PaymentSide(IPaymentProvider? Provider, SandboxProvider? Sandbox, Uri? EmbedScript, string? EmbedFrame) : IDisposable
{
    private HttpClient? _http;

    public void Dispose() => _http?.Dispose();

    public static PaymentSide Create(
        PaymentSettings settings, PaymentKeys keys, Database database, IdSource ids, TimeProvider time, ILoggerFactory logs)
    {
        if (keys.Key is null)
        {
            if (settings.Provider is null)
            {
                PaymentLog.CheckoutOff(logs.CreateLogger<PaymentSide>());
            }

            return new PaymentSide(null, null, null, null);
        }

        if (keys.WebhookSecrets.Count == 0)
        {
            PaymentLog.NoWebhookSecret(logs.CreateLogger<PaymentSide>());
        }

        var tokens = new TokenIssuer(keys.Key, time, ids);
        if (keys.Provider == ProviderNames.Sandbox)
        {
            var sandbox = new SandboxProvider(database, tokens, ids, time, settings.CapturesLater);
            return new PaymentSide(sandbox, sandbox, null, null);
        }

        var gr4vy = settings.Gr4vy!;
        var script = gr4vy.EmbedScript ?? Gr4vyAccount.DefaultScriptUrl(gr4vy.Id);
        var account = new Gr4vyAccount(
            gr4vy.Id,
            gr4vy.Environment,
            gr4vy.MerchantAccountId,
            settings.CapturesLater ? "authorize" : "capture",
            gr4vy.ApiUrl ?? Gr4vyAccount.DefaultApiUrl(gr4vy.Id, gr4vy.Environment),
            script);
        var http = Gr4vyCalls.OpenClient();
        var provider = Gr4vyPayments.Create(account, tokens, http, time, logs);
        return new PaymentSide(provider, null, script, Gr4vyAccount.FrameOrigin(gr4vy.Id, gr4vy.Environment)) { _http = http };
    }
}

/// <summary>What the operator is told at the start.</summary>
internal static partial class PaymentLog
{
    [LoggerMessage(EventId = 5005, Level = LogLevel.Warning, Message =
        "Checkout is off: the shop is public and has no payment provider. Set the GR4VY_ settings, or PAYMENT_PROVIDER=sandbox for simulated payments")]
    public static partial void CheckoutOff(ILogger logger);

    [LoggerMessage(EventId = 5006, Level = LogLevel.Warning, Message =
        "GR4VY_WEBHOOK_SECRET is not set: webhooks are answered 503, and orders become paid only when the provider is asked about them")]
    public static partial void NoWebhookSecret(ILogger logger);
}
