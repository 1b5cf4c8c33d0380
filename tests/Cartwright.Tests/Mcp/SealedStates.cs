using System.Buffers.Text;
using System.Text;
using Cartwright.Mcp;
using Cartwright.Mcp.Wire;
using Cartwright.Tests.Shop;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace Cartwright.Tests.Mcp;

/// <summary>The state that a call leaves with its client between two rounds.</summary>
public sealed class SealedStates
{
    private readonly FakeTime _time = new();
    private readonly SealedState _states;
    private readonly McpServer _server;

    public SealedStates()
    {
        var options = TestTools.Options(_time);
        _server = new McpServer(options, TestTools.Features());
        _states = new SealedState(options);
    }

    [Fact]
    public void A_text_comes_back_to_the_call_that_left_it() => Prop.ForAll<string>(text =>
    {
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        var call = Call("ask", """{"a":1}""");
        return _states.Open(_states.Seal(whole, call), call) == whole;
    }).Holds();

    [Fact]
    public void No_byte_of_it_can_be_changed()
    {
        var call = Call("ask", "{}");
        var bytes = Base64Url.DecodeFromChars(_states.Seal("asked", call));
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 1; bit < 256; bit <<= 1)
            {
                var changed = (byte[])bytes.Clone();
                changed[i] ^= (byte)bit;
                Assert.Null(_states.Open(Base64Url.EncodeToString(changed), call));
            }

            Assert.Null(_states.Open(Base64Url.EncodeToString(bytes.AsSpan(0, i)), call));
        }

        Assert.Null(_states.Open(Base64Url.EncodeToString([.. bytes, 0]), call));
    }

    [Theory]
    [InlineData("tools/call", "ask", """{"a":1}""", true)]
    [InlineData("tools/call", "ask", """{"a":2}""", false)]
    [InlineData("tools/call", "ask", "{}", false)]
    [InlineData("tools/call", "ask2", """{"a":1}""", false)]
    [InlineData("prompts/get", "ask", """{"a":1}""", false)]
    public void It_fits_no_other_call(string method, string name, string arguments, bool fits)
    {
        var state = _states.Seal("asked", Call("ask", """{"a":1}"""));
        Assert.Equal(fits ? "asked" : null, _states.Open(state, Call(name, arguments, method)));
    }

    [Fact]
    public void It_expires_after_ten_minutes()
    {
        var call = Call("ask", "{}");
        var state = _states.Seal("asked", call);
        _time.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal("asked", _states.Open(state, call));
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(_states.Open(state, call));
    }

    [Fact]
    public void No_text_passes_for_a_state()
    {
        var call = Call("ask", "{}");
        Prop.ForAll<string>(text => _states.Open(text ?? "", call) is null).Holds();
        Prop.ForAll<byte[]>(bytes => _states.Open(Base64Url.EncodeToString(bytes ?? []), call) is null).Holds();
    }

    [Fact]
    public void A_session_id_is_no_state_and_a_state_no_session_id()
    {
        var call = Call("ask", "{}");
        var sessions = new SignedSessions(_server.Options);
        Assert.Null(_states.Open(sessions.Issue(), call));
        Assert.Null(sessions.Verify(_states.Seal("", call)));
    }

    private McpCall Call(string name, string arguments, string method = "tools/call")
    {
        var body = $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{"name":"{{{name}}}","arguments":{{{arguments}}}}}""";
        Assert.Null(Message.TryRead(Encoding.UTF8.GetBytes(body), 32, out var message));
        return new McpCall(_server, message, new Caller(new DefaultHttpContext(), Modern.Version, null), NotificationSink.None);
    }
}
