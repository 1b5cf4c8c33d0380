using Microsoft.Extensions.Logging;

namespace Cartwright.Server.Storage;

/// <summary>What a database engine does behind <see cref="Database"/>; the contracts of its methods stand there.</summary>
internal interface IEngine : IAsyncDisposable
{
    /// <summary>Several machines may write at once, row by row; else one writer at a time.</summary>
    bool IsPostgres { get; }

    ValueTask<T> Read<T>(Func<DbSession, ValueTask<T>> work, bool isSingle, CancellationToken cancellation);

    ValueTask<Result<T>> Write<T>(Func<DbSession, ValueTask<Result<T>>> work, bool isRepeatable, CancellationToken cancellation);

    Notices Notices { get; }

    void LogTo(ILogger logger);
}
