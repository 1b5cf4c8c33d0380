using Cartwright.Server;
using Cartwright.Server.Payments;

namespace Cartwright.Tests.Orders;

/// <summary>A provider that says what a test lets it say.</summary>
internal sealed class StubProvider : IPaymentProvider
{
    public string Name { get; init; } = ProviderNames.Gr4vy;

    public string Environment => "sandbox";

    public string MerchantAccountId => "main";

    /// <summary>What it knows of every order; a problem while it does not answer.</summary>
    public Result<IReadOnlyList<PaymentTransaction>> Known { get; set; } = Array.Empty<PaymentTransaction>();

    /// <summary>About which orders it was asked.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Happens after the provider has made its session, and before its answer arrives.</summary>
    public Func<PaymentRequest, Task> OnBegin { get; set; } = _ => Task.CompletedTask;

    public async ValueTask<Result<PaymentStart>> Begin(PaymentRequest request, CancellationToken cancellation)
    {
        await OnBegin(request);
        return new PaymentStart(
            request.SessionId ?? $"session of {request.OrderId}",
            new EmbedSettings("token", "acme", Environment, request.Currency, request.Country, MerchantAccountId, request.AmountMinor));
    }

    /// <summary>Happens when it is asked about an order.</summary>
    public Func<string, Task> OnFind { get; set; } = _ => Task.CompletedTask;

    public async ValueTask<Result<IReadOnlyList<PaymentTransaction>>> Find(string orderId, CancellationToken cancellation)
    {
        Asked.Add(orderId);
        await OnFind(orderId);
        return Known.Ok
            ? Known.Value.Where(transaction => transaction.ExternalIdentifier is null || transaction.ExternalIdentifier == orderId).ToArray()
            : Known;
    }

    public ValueTask<Result<PaymentTransaction>> Capture(string transactionId, string idempotencyKey, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<Result<PaymentRefund>> Refund(string transactionId, long amountMinor, string reference, CancellationToken cancellation) =>
        throw new NotSupportedException();
}
