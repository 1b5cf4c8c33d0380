using System.Buffers.Text;
using Cartwright.Mcp;
using Cartwright.Tests.Shop;
using FsCheck.Fluent;

namespace Cartwright.Tests.Mcp;

/// <summary>Legacy sessions: signed, checked, ended.</summary>
public sealed class SessionIds
{
    private static readonly string[] Forged =
    [
        "x", "forged", "A B", "=", "%", "AAAA,AAAA", new('A', 54), new('A', 53), new('A', 5_000), "00000000-0000-0000-0000-000000000000",
    ];

    public static TheoryData<string> ForgedIds => [.. Forged];

    [Theory]
    [MemberData(nameof(ForgedIds))]
    public async Task A_forged_session_is_not_found_by_any_method(string id)
    {
        await using var host = await McpHost.Start();
        var session = ("Mcp-Session-Id", id);
        foreach (var reply in new[]
        {
            await host.Wire.Ask("ping", "{}", session),
            await host.Wire.Post("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", session),
            await host.Wire.Post("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", session),
            await host.Wire.Get("/mcp", ("Accept", "text/event-stream"), session),
            await host.Wire.Delete(session),
        })
        {
            Assert.Equal(404, reply.Status);
            Assert.Equal(-32600, reply.Code);
        }
    }

    [Fact]
    public async Task An_opening_mints_a_session_that_calls_may_carry_or_leave_out()
    {
        await using var host = await McpHost.Start();
        var first = await host.Wire.Initialize();
        var second = await host.Wire.Initialize();
        Assert.NotEqual(first.Value, second.Value);
        Assert.Matches("^[A-Za-z0-9_-]{54}$", first.Value);
        Assert.Contains("True {}", (await host.Wire.AskTool("echo", "{}", first)).Body, StringComparison.Ordinal);
        Assert.Contains("False {}", (await host.Wire.AskTool("echo")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_opening_with_an_old_session_starts_anew()
    {
        await using var host = await McpHost.Start();
        var reply = await host.Wire.Ask("initialize", Legacy.Opening("2025-06-18"), ("Mcp-Session-Id", "long-gone"));
        Assert.Equal(200, reply.Status);
        Assert.Equal(200, (await host.Wire.Ask("ping", "{}", ("Mcp-Session-Id", reply.Header("Mcp-Session-Id")!))).Status);
    }

    [Fact]
    public async Task A_session_expires_after_seven_days()
    {
        var time = new FakeTime();
        await using var host = await McpHost.Start(TestTools.Options(time));
        var session = await host.Wire.Initialize();
        time.Pass(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await host.Wire.Ask("ping", "{}", session)).Status);
        time.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(404, (await host.Wire.Ask("ping", "{}", session)).Status);
    }

    [Fact]
    public async Task Another_instance_with_the_key_accepts_the_session_and_one_with_another_key_does_not()
    {
        await using var here = await McpHost.Start();
        await using var there = await McpHost.Start();
        var session = await here.Wire.Initialize();
        Assert.Equal(200, (await there.Wire.Ask("ping", "{}", session)).Status);

        var stranger = new SignedSessions(new McpOptions { Name = "x", Version = "1", SigningKey = new byte[32], Time = new FakeTime() });
        Assert.Null(stranger.Verify(session.Value));
    }

    [Fact]
    public async Task A_session_that_its_client_ended_is_gone()
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        var ends = new SessionEnds(
            (id, _, _) =>
            {
                ended.Add(id);
                return ValueTask.CompletedTask;
            },
            (id, _) => ValueTask.FromResult(ended.Contains(id)));
        await using var host = await McpHost.Start(TestTools.Options(ends: ends));
        var session = await host.Wire.Initialize();
        var other = await host.Wire.Initialize();
        Assert.Equal(204, (await host.Wire.Delete(session)).Status);
        Assert.Equal(404, (await host.Wire.Ask("ping", "{}", session)).Status);
        Assert.Equal(404, (await host.Wire.Get("/mcp", ("Accept", "text/event-stream"), session)).Status);
        Assert.Equal(404, (await host.Wire.Delete(session)).Status);
        Assert.Equal(200, (await host.Wire.Ask("ping", "{}", other)).Status);
    }

    [Fact]
    public async Task When_it_cannot_be_known_whether_a_session_was_ended_the_call_fails_as_JSON_RPC()
    {
        var ends = new SessionEnds((_, _, _) => ValueTask.CompletedTask, (_, _) => throw new InvalidOperationException(TestTools.Secret));
        await using var host = await McpHost.Start(TestTools.Options(ends: ends));
        var reply = await host.Wire.Ask("ping", "{}", await host.Wire.Initialize());
        Assert.Equal((500, -32603), (reply.Status, reply.Code));
        Assert.DoesNotContain(TestTools.Secret, reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ending_needs_a_session()
    {
        await using var host = await McpHost.Start();
        var reply = await host.Wire.Delete();
        Assert.Equal(400, reply.Status);
        Assert.Equal(-32600, reply.Code);
    }

    [Fact]
    public void No_letter_of_an_id_can_be_changed_added_or_left_out()
    {
        var sessions = new SignedSessions(TestTools.Options());
        var id = sessions.Issue();
        Assert.NotNull(sessions.Verify(id));
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (var i = 0; i < id.Length; i++)
        {
            Assert.All(alphabet.Where(letter => letter != id[i]), letter => Assert.Null(sessions.Verify(id[..i] + letter + id[(i + 1)..])));
            Assert.Null(sessions.Verify(id.Remove(i, 1)));
        }

        // Another spelling of the same bytes would slip past the list of ended sessions.
        Assert.All(new[] { id + "=", id + "==", id + " ", " " + id, id + "\n", id.Insert(7, " "), id + "A" }, other => Assert.Null(sessions.Verify(other)));
    }

    [Fact]
    public void No_text_passes_for_a_session()
    {
        var sessions = new SignedSessions(TestTools.Options());
        Prop.ForAll<string>(text => sessions.Verify(text ?? "") is null).Holds();
        Prop.ForAll<byte[]>(bytes => sessions.Verify(Base64Url.EncodeToString(bytes ?? [])) is null).Holds();
    }
}
