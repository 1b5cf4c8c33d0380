using System.Text.Json.Nodes;

namespace Cartwright.Tests.Mcp;

/// <summary>One row of a table: a request, and what its answer must and must not have.</summary>
/// <param name="Name">What the row shows.</param>
/// <param name="Body">The request's body.</param>
/// <param name="Headers">The request's headers.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Has">Texts that are in the answer.</param>
internal sealed record Scenario(string Name, string Body, (string Name, string Value)[] Headers, int Status, params string[] Has)
{
    private static readonly string[] NeverSeen = [TestTools.Secret, "Exception", "   at ", "System."];

    /// <summary>Texts that are not in the answer.</summary>
    public string[] Lacks { get; init; } = [];

    public static TheoryData<string> Names(IEnumerable<Scenario> table) => [.. table.Select(row => row.Name)];

    public static async Task<Reply> Play(IEnumerable<Scenario> table, string name, Wire wire)
    {
        var row = table.Single(row => row.Name == name);
        var reply = await wire.Post(row.Body, row.Headers);
        row.Check(reply);
        return reply;
    }

    public void Check(Reply reply)
    {
        Assert.True(reply.Status == Status, $"{Name}: expected {Status}, got {reply}");
        Assert.All(Has, text => Assert.Contains(text, reply.Body, StringComparison.Ordinal));
        Assert.All(Lacks, text => Assert.DoesNotContain(text, reply.Body, StringComparison.Ordinal));
        Assert.All(NeverSeen, text => Assert.DoesNotContain(text, reply.Body, StringComparison.Ordinal));
        if (reply.Body.Length > 0)
        {
            // Clients take an answer that is no JSON-RPC for a server of another protocol.
            Assert.Contains(reply.Header("Content-Type"), new[] { "application/json", "text/event-stream" });
            Assert.All(reply.Messages, message => Assert.True(message is JsonArray || (string?)message["jsonrpc"] == "2.0"));
        }
    }
}
