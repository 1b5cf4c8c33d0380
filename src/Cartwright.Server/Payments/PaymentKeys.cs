using System.Text;
using Cartwright.Server.Payments.Gr4vy;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Payments;

/// <summary>
/// The secrets of the payment side, checked when the program starts: the key that signs tokens, and the secrets of webhooks. The
/// sandbox's are made once and shared by all instances through the database.
/// </summary>
internal sealed record PaymentKeys(string? Provider, SigningKey? Key, IReadOnlyList<string> WebhookSecrets) : IDisposable
{
    public static async ValueTask<Result<PaymentKeys>> Open(PaymentSettings settings, Uri origin, Secrets secrets)
    {
        switch (settings.ProviderFor(origin))
        {
            case ProviderNames.Gr4vy:
                var key = ReadKey(settings.Gr4vy!);
                return key.Ok ? new PaymentKeys(ProviderNames.Gr4vy, key.Value, settings.WebhookSecrets) : key.Problem;
            case ProviderNames.Sandbox:
                return await OpenSandbox(settings, secrets);
            default:
                return new PaymentKeys(null, null, []);
        }
    }

    public void Dispose() => Key?.Dispose();

    private static async ValueTask<Result<PaymentKeys>> OpenSandbox(PaymentSettings settings, Secrets secrets)
    {
        var pem = await secrets.GetOrCreate("sandbox signing key", () =>
        {
            using var made = SigningKey.Generate();
            return Encoding.UTF8.GetBytes(made.ExportPem());
        });
        var own = await secrets.GetOrCreate("sandbox webhook secret", 32);
        if (!pem.Ok || !own.Ok)
        {
            return (pem.Problem ?? own.Problem)!;
        }

        var key = SigningKey.Read(Encoding.UTF8.GetString(pem.Value));
        IReadOnlyList<string> webhook = settings.WebhookSecrets.Count > 0 ? settings.WebhookSecrets : [Convert.ToHexStringLower(own.Value)];
        return key.Ok ? new PaymentKeys(ProviderNames.Sandbox, key.Value, webhook) : key.Problem;
    }

    private static Result<SigningKey> ReadKey(Gr4vySettings settings)
    {
        if (settings.PrivateKeyPath is not { } path)
        {
            var inline = SigningKey.Read(settings.PrivateKey!);
            return inline.Ok ? inline : Problem.Invalid($"GR4VY_PRIVATE_KEY: {inline.Problem.Advice}");
        }

        try
        {
            var key = SigningKey.Read(File.ReadAllText(path));
            return key.Ok ? key : Problem.Invalid($"GR4VY_PRIVATE_KEY_PATH {path}: {key.Problem.Advice}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Problem.Invalid($"GR4VY_PRIVATE_KEY_PATH {path} cannot be read: name a file that this user may read.");
        }
    }
}
