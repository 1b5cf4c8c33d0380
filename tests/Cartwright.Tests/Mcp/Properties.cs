using FsCheck;

namespace Cartwright.Tests.Mcp;

internal static class Properties
{
    /// <summary>Tries a hundred random values; the smallest one that fails is in the exception.</summary>
    public static void Holds(this Property property) => Check.One(Config.QuickThrowOnFailure, property);
}
