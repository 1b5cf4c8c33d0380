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
internal sealed record PaymentSide(IPaymentProvider? Provider, SandboxProvider? Sandbox, Uri? EmbedScript, string? EmbedFrame)
{
    public static PaymentSide Create(
        PaymentSettings settings, PaymentKeys keys, Database database, IdSource ids, TimeProvider time, ILoggerFactory logs)
    {
        if (keys.Key is null)
        {
            return new PaymentSide(null, null, null, null);
        }

        var tokens = new TokenIssuer(keys.Key, time, ids);
        if (keys.Provider == ProviderNames.Sandbox)
        {
            var sandbox = new SandboxProvider(database, tokens, ids, time, settings.CapturesLater);
            return new PaymentSide(sandbox, sandbox, null, null);
        }

        throw new NotSupportedException(logs.ToString());
    }
}
