using System.Diagnostics.CodeAnalysis;

namespace Cartwright.Server;

/// <summary>Why something that can be expected to fail did fail. The kind decides the HTTP status of the REST twin.</summary>
internal enum ProblemKind
{
    /// <summary>The request itself is wrong: repeat it only after changing it.</summary>
    Invalid,

    /// <summary>What the request names does not exist, or not any more.</summary>
    NotFound,

    /// <summary>The request is fine, but the state has moved on: read it again, then repeat.</summary>
    Conflict,

    /// <summary>Fewer are left than were asked for.</summary>
    OutOfStock,

    /// <summary>The storage cannot be used right now, or not at all: nothing was changed.</summary>
    Unavailable,
}

/// <summary>An expected failure. <paramref name="Advice"/> says what is wrong and what to do next, readable by a language model.</summary>
internal sealed record Problem(ProblemKind Kind, string Advice)
{
    public static Problem Invalid(string advice) => new(ProblemKind.Invalid, advice);

    public static Problem NotFound(string advice) => new(ProblemKind.NotFound, advice);

    public static Problem Conflict(string advice) => new(ProblemKind.Conflict, advice);

    public static Problem Unavailable(string advice) => new(ProblemKind.Unavailable, advice);
}

/// <summary>A value or the problem that stands in its way; both convert implicitly, so functions just return one or the other.</summary>
internal readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    /// <summary>Null exactly when there is a value.</summary>
    public Problem? Problem { get; }

    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Ok => Problem is null;

    /// <summary>The value; asking for it without looking at <see cref="Ok"/> first is a bug and throws.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException($"No value: {Problem.Advice}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default, problem);

    public override string ToString() => Ok ? $"{_value}" : $"{Problem.Kind}: {Problem.Advice}";
}
