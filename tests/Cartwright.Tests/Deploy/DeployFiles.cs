using System.Diagnostics;
using System.Text.RegularExpressions;
using Cartwright.Server;

namespace Cartwright.Tests.Deploy;

/// <summary>The files of <c>deploy/</c>: HAProxy accepts its configuration, and every setting that they name is one.</summary>
public sealed partial class DeployFiles
{
    private static readonly string[] Others = ["DOTNET_EnableDiagnostics"];

    [Fact]
    public async Task Haproxy_accepts_its_configuration_as_it_is_and_with_the_stickiness_of_the_old_transport()
    {
        await Accepts(Haproxy.Shipped);
        await Accepts(Haproxy.WithStickiness());
        var (code, _) = await Check(Haproxy.Shipped.Replace("balance roundrobin", "balance nonsense", StringComparison.Ordinal));
        Assert.NotEqual(0, code);
    }

    [Theory]
    [InlineData("deploy/cartwright.service")]
    [InlineData("deploy/compose.yaml")]
    [InlineData("deploy/Dockerfile")]
    [InlineData("deploy/README.md")]
    [InlineData("docs/scaling.md")]
    public void Every_setting_that_is_named_exists(string path)
    {
        var text = Haproxy.ReadFile(path);
        var named = OwnName().Matches(text).Select(match => match.Value)
            .Concat(UnitVariable().Matches(text).Select(match => match.Groups[1].Value))
            .Concat(ImageVariables().Matches(text).SelectMany(match => ImageVariable().Matches(match.Value)).Select(match => match.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(Settings.Help.Select(setting => setting.Name)).Except(Others));
    }

    [Fact]
    public void The_addresses_that_compose_gives_to_haproxy_are_those_that_its_configuration_asks_for()
    {
        var asked = Address().Matches(Haproxy.Shipped).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(["LISTEN", "SHOP1", "SHOP2"], asked);
        Assert.All(asked, name => Assert.Contains($"      {name}: \"", Haproxy.ReadFile("deploy/compose.yaml"), StringComparison.Ordinal));
    }

    private static async Task Accepts(string configuration)
    {
        var (code, output) = await Check(configuration);
        Assert.True(code == 0, output);
        Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> Check(string configuration)
    {
        var start = new ProcessStartInfo(Haproxy.Program, ["-c", "-f", "/dev/stdin"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.StandardInput.WriteAsync(configuration);
        process.StandardInput.Close();
        var output = await process.StandardError.ReadToEndAsync() + await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    [GeneratedRegex("\\b(?:CARTWRIGHT|GR4VY|SANDBOX|PAYMENT|CHECKOUT|MCP|DEFAULT)_[A-Z0-9_]*[A-Z0-9]\\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OwnName();

    // Environment=NAME=value of a unit.
    [GeneratedRegex("^Environment=([A-Za-z0-9_]+)=", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnitVariable();

    // ENV NAME=value NAME=value of an image.
    [GeneratedRegex("^ENV .*$", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ImageVariables();

    [GeneratedRegex(" ([A-Za-z0-9_]+)=", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ImageVariable();

    [GeneratedRegex("\\$\\{([A-Z0-9]+)-", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
