using System.CommandLine;

namespace Cartwright;

/// <summary><c>cartwright sales</c>: what the merchant does with the shop's sales.</summary>
internal static class SalesVerb
{
    public static Command Create() => new("sales", "The back office: its key.") { SalesKeyVerb.Create() };
}
