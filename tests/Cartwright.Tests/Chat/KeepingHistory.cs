using System.Runtime.Versioning;
using Cartwright.Chat.Terminal;
using Cartwright.Tests.Shop;

namespace Cartwright.Tests.Chat;

/// <summary>The file of the lines typed before.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeepingHistory
{
    [Fact]
    public void Lines_are_there_in_the_next_session_and_only_their_owner_can_read_them()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "state", "cartwright", "chat_history");
        var first = new History(file, []);
        first.Add("one");
        first.Add("several\nlines \\n \\");
        first.Add("several\nlines \\n \\");
        first.Add(" not this");
        first.Add("");
        Assert.Equal(["one", "several\nlines \\n \\"], new History(file, []).Lines);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_file_that_others_could_read_is_closed_to_them()
    {
        using var folder = new TempFolder();
        var file = folder.File("chat_history", "old\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal(["old"], new History(file, []).Lines);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("cartwright chat --key abc")]
    [InlineData("why is sk-abcdefghijklmnop refused?")]
    [InlineData("Authorization: Bearer xyz")]
    [InlineData("OPENAI_API_KEY=abc")]
    [InlineData("my password: hunter2")]
    [InlineData("is the-key-in-use right?")]
    public void Secrets_stay_out_of_the_file(string line)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "chat_history");
        var history = new History(file, ["", "the-key-in-use"]);
        history.Add(line);
        history.Add("key figures, please");
        Assert.Equal([line, "key figures, please"], history.Lines);
        Assert.Equal(["key figures, please"], new History(file, []).Lines);
    }

    [Fact]
    public void The_file_does_not_grow_without_end()
    {
        using var folder = new TempFolder();
        var file = folder.File("chat_history", string.Concat(Enumerable.Range(0, 2500).Select(i => $"line {i}\n")));
        var history = new History(file, []);
        Assert.Equal(1000, history.Lines.Count);
        Assert.Equal("line 2499", history.Lines[^1]);
        Assert.Equal(1000, File.ReadAllLines(file).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_takes_the_history_and_nothing_else()
    {
        using var folder = new TempFolder();
        var history = new History(Path.Combine(folder.File("file", ""), "chat_history"), []);
        history.Add("one");
        Assert.Equal(["one"], history.Lines);
    }

    [Fact]
    public void It_lies_in_the_users_folder_for_state()
    {
        Assert.Equal("/state/cartwright/chat_history", History.StandardFile(name => name == "XDG_STATE_HOME" ? "/state" : "/home/me"));
        Assert.Equal("/home/me/.local/state/cartwright/chat_history", History.StandardFile(name => name == "HOME" ? "/home/me" : "relative"));
    }
}
