namespace Cartwright.Server.Payments.Gr4vy;

/// <summary>Whose money it is at Gr4vy, and where Gr4vy is.</summary>
/// <param name="Id">Of the instance; part of its host names.</param>
/// <param name="Environment">"sandbox" or "production".</param>
/// <param name="Intent">"capture" or "authorize".</param>
/// <param name="ApiUrl">Of the API; a path is kept in front of the API's own.</param>
/// <param name="ScriptUrl">Of Gr4vy Embed.</param>
internal sealed record Gr4vyAccount(string Id, string Environment, string MerchantAccountId, string Intent, Uri ApiUrl, Uri ScriptUrl)
{
    /// <summary>The API of an instance (Gr4vy, guide "API", page "Environments").</summary>
    public static Uri DefaultApiUrl(string id, string environment) => new($"https://api.{Prefix(environment)}{id}.gr4vy.app");

    /// <summary>Where the payment form's frame comes from.</summary>
    public static string FrameOrigin(string id, string environment) => $"https://embed.{Prefix(environment)}{id}.gr4vy.app";

    /// <summary>Gr4vy Embed. Whether the sandbox has a host of its own is not documented, so both use this one.</summary>
    public static Uri DefaultScriptUrl(string id) => new($"https://cdn.{id}.gr4vy.app/embed.latest.js");

    private static string Prefix(string environment) => environment == "production" ? "" : $"{environment}.";
}
