// POST /mcp reads the whole body and answers the bytes of the file ANSWER, read once at start. PORT says where.
using System.Net;

var answer = await File.ReadAllBytesAsync(Setting("ANSWER"));
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(Setting("PORT"))));

var app = builder.Build();
app.MapGet("/health", (HttpContext context) => context.Response.WriteAsync("""{"status":"ok"}"""));
app.MapPost("/mcp", async (HttpContext context) =>
{
    var body = context.Request.BodyReader;
    while (true)
    {
        var read = await body.ReadAsync(context.RequestAborted);
        body.AdvanceTo(read.Buffer.End);
        if (read.IsCompleted)
        {
            break;
        }
    }

    context.Response.ContentType = "application/json";
    context.Response.ContentLength = answer.Length;
    await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
});
await app.RunAsync();

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
