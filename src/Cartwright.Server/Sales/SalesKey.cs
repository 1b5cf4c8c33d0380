using System.Security.Cryptography;
using System.Text;
using Cartwright.Server.Storage;

namespace Cartwright.Server.Sales;

/// <summary>
/// The key that opens the back office: the operator's own (CARTWRIGHT_SALES_KEY), or 256 random bits that are made at the first start, are the
/// same for all instances (the database has them), and lie in the data folder for programs of the same user.
/// </summary>
internal sealed class SalesKey
{
    public const string FileName = "sales.key";
    public const int MinLength = 16;

    /// <summary>What a key of the operator's own must be.</summary>
    public const string Expected = "16 to 256 letters, digits or any of - . _ ~ + / = without spaces";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] _hash;

    private SalesKey(string text)
    {
        Text = text;
        _hash = Hash(text);
    }

    /// <summary>Secret: it goes to the operator's terminal and into the file, and nowhere else.</summary>
    public string Text { get; }

    /// <summary>The key in force. With <paramref name="own"/> the file is left alone, whatever is in it.</summary>
    /// <param name="own">CARTWRIGHT_SALES_KEY, checked; null to use the one of the database.</param>
    public static async ValueTask<Result<SalesKey>> Open(string? own, string dataFolder, Secrets secrets, IdSource ids)
    {
        if (own is not null)
        {
            return new SalesKey(own);
        }

        var bytes = await secrets.GetOrCreate("sales key", 32);
        if (!bytes.Ok)
        {
            return bytes.Problem;
        }

        // The prefix lets scanners of repositories and logs recognise a key that went astray.
        var key = new SalesKey($"csk_{Convert.ToHexStringLower(bytes.Value)}");
        return key.Keep(Path.Combine(dataFolder, FileName), ids) is { } problem ? problem : key;
    }

    /// <summary>Whether the operator's own text can be sent in an Authorization header (RFC 6750, section 2.1, b64token) and is long enough.</summary>
    public static string? Parse(string text) =>
        text.Length is >= MinLength and <= 256 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-._~+/=".Contains(letter, StringComparison.Ordinal)) ? text : null;

    /// <summary>In a time that tells nothing of the key, its length included: hashes are compared, and all of them.</summary>
    public bool Matches(string presented) => CryptographicOperations.FixedTimeEquals(_hash, Hash(presented));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes the file when it is missing, has another key, or can be read by others.</summary>
    private Problem? Keep(string path, IdSource ids)
    {
        try
        {
            DataFolder.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (!IsKept(path))
            {
                Write(path, $"{path}.{ids.Next()}");
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"{path} cannot be written: make the data folder writable for this user, or set CARTWRIGHT_SALES_KEY to a key of your own.");
        }
    }

    private bool IsKept(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == OwnerOnly) && File.ReadAllText(path).Trim() == Text;

    // Whoever reads the file meanwhile sees the old one or the new one. On Windows the data folder's own access list protects it.
    private void Write(string path, string temporary)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes($"{Text}\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
