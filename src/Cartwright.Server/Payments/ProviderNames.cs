namespace Cartwright.Server.Payments;

/// <summary>The providers, as settings and orders name them.</summary>
internal static class ProviderNames
{
    public const string Sandbox = "sandbox";
    public const string Gr4vy = "gr4vy";
}
