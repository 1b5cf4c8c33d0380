namespace Cartwright.Server.Storage;

/// <summary>A statement for millions of rows; its parameters (<c>?1</c>, <c>?2</c>, ...) are bound by position. What is bound stays bound.</summary>
internal abstract class BulkStatement : IDisposable
{
    public abstract BulkStatement Bind(int position, long value);

    public abstract BulkStatement Bind(int position, string? value);

    /// <summary>Runs it with what is bound, now or with those that follow.</summary>
    public abstract ValueTask Run();

    /// <summary>Runs whatever has not been run yet, and tells how many rows all of them touched.</summary>
    public abstract ValueTask<int> Finish();

    public abstract void Dispose();
}
