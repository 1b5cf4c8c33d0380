namespace Cartwright.Server.Storage;

/// <summary>The folder of the SQLite file and of the generated keys.</summary>
internal static class DataFolder
{
    /// <summary>The SQLite file in the folder.</summary>
    public static string DatabaseIn(string folder) => Path.Combine(folder, "cartwright.db");

    /// <summary>A new folder is its owner's alone: it holds the key that signs sessions, and every cart.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
