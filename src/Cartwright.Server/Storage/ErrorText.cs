namespace Cartwright.Server.Storage;

/// <summary>Errors of files and databases, as a part of a sentence for people.</summary>
internal static class ErrorText
{
    public static string FirstLine(Exception error) => error.Message.Split('\n', 2)[0].TrimEnd('.', '\r');
}
