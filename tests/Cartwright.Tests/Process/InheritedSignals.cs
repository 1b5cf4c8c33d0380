using System.Runtime.InteropServices;

namespace Cartwright.Tests.Process;

/// <summary>That programs started by the tests hear Ctrl-C, also when the tests themselves were started in the background.</summary>
public sealed class InheritedSignals
{
    [Fact]
    public async Task A_program_hears_SIGINT_after_another_test_listened_to_it()
    {
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => { }).Dispose();
        using var process = System.Diagnostics.Process.Start("sleep", "60");
        Signals.Send(process.Id, ShopProcess.Interrupt);
        await process.WaitForExitAsync().WaitAsync(Mcp.Wire.Patience);
        Assert.Equal(128 + ShopProcess.Interrupt, process.ExitCode);
    }
}
