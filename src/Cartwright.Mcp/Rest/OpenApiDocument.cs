using System.Text.Json.Nodes;

namespace Cartwright.Mcp.Rest;

/// <summary>
/// The OpenAPI 3.1 description of REST twins, made from the same declarations as their lists. Kept as bytes until one of the servers
/// offers something else.
/// </summary>
internal sealed class OpenApiDocument(OpenApiSettings settings)
{
    private Made? _made;

    public byte[] Bytes()
    {
        var made = Volatile.Read(ref _made);
        if (made is null || !settings.Twins.Select(twin => twin.Server.Features).SequenceEqual(made.Features))
        {
            McpFeatures[] features = [.. settings.Twins.Select(twin => twin.Server.Features)];
            made = new Made(features, RestLists.Encode(Describe(features)));
            Volatile.Write(ref _made, made);
        }

        return made.Bytes;
    }

    private JsonObject Describe(IReadOnlyList<McpFeatures> features)
    {
        var (tags, paths, components) = (new JsonArray(), new JsonObject(), OpenApiParts.Components());
        foreach (var (twin, offered) in settings.Twins.Zip(features))
        {
            var part = new OpenApiTwin(twin, offered, (JsonObject)components["schemas"]!);
            tags.Add(part.Tag());
            part.AddPaths(paths);
        }

        if (settings.Twins.Any(twin => twin.NeedsKey))
        {
            components["securitySchemes"] = new JsonObject { [OpenApiParts.Bearer] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } };
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = Entry.Of(("title", settings.Title), ("version", settings.Version), ("description", settings.Description)),
            ["servers"] = new JsonArray(new JsonObject { ["url"] = settings.Origin }),
            ["tags"] = tags,
            ["paths"] = paths,
            ["components"] = components,
        };
    }

    private sealed record Made(IReadOnlyList<McpFeatures> Features, byte[] Bytes);
}
