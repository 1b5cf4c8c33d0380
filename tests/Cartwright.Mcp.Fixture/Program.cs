using Cartwright.Mcp;
using Cartwright.Mcp.Fixture;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

#pragma warning disable RS0030 // The composition root names the system's clock.
var time = TimeProvider.System;
#pragma warning restore RS0030
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
var host = new FixtureHost(time);
app.MapMcp("/mcp", host.Server);
app.MapGet("/health", () => Results.Text("{\"status\":\"ok\"}", "application/json"));
app.Run();
