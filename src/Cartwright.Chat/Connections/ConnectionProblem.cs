using System.Diagnostics.CodeAnalysis;

namespace Cartwright.Chat.Connections;

/// <summary>Kinds of problems, for programs that act on them.</summary>
public enum ConnectionTrouble
{
    /// <summary>Nothing answers at the address, or the connection broke.</summary>
    Unreachable,

    /// <summary>The server wants a key, and there was none or a wrong one.</summary>
    Key,

    /// <summary>What answers there speaks something else.</summary>
    NotThisProtocol,

    /// <summary>No answer came in time.</summary>
    TooSlow,

    /// <summary>The server understood and said no: an unknown prompt, a missing argument, an unknown resource.</summary>
    Refused,
}

/// <summary>The server cannot be asked, or refuses: one line that says what is wrong and what to do. Never contains a key.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "Problems carry advice, here as in the server")]
[SuppressMessage("Roslynator", "RCS1194", Justification = "There is none without a kind and advice")]
public sealed class ConnectionProblem : Exception
{
    public ConnectionProblem(ConnectionTrouble trouble, string advice, Exception? inner = null)
        : base(advice, inner) => Trouble = trouble;

    public ConnectionTrouble Trouble { get; }

    /// <summary>The same as the message.</summary>
    public string Advice => Message;
}
