using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Cartwright.Mcp;

/// <summary>What clients are told of a tool, beside its schemas.</summary>
public sealed record ToolDeclaration(string Name, string Title, string Description, ToolBehaviour Behaviour)
{
    /// <summary><c>_meta</c> of the tool's entry in the list.</summary>
    public JsonObject? Meta { get; init; }
}

/// <summary>
/// A tool: a declaration, a typed request, an optional output schema and one function. Arguments are checked against the published
/// input schema before the function sees them, so a handler never meets a value that its schema forbids.
/// </summary>
public sealed class McpTool
{
    private readonly Func<ReadOnlyMemory<byte>, McpCall, ValueTask<ToolResult>> _invoke;

    // All made when first asked for: schemas take tens of milliseconds to make, which a start can do without.
    private readonly Lazy<JsonObject> _inputSchema;
    private readonly Lazy<JsonObject?> _outputSchema;
    private readonly Lazy<SchemaCheck> _check;
    private readonly Lazy<IReadOnlyList<HeaderMirror>> _mirroredHeaders;

    private McpTool(
        ToolDeclaration declaration,
        Func<JsonObject> inputSchema,
        Func<JsonObject?> outputSchema,
        Func<ReadOnlyMemory<byte>, McpCall, ValueTask<ToolResult>> invoke)
    {
        (Declaration, _inputSchema, _outputSchema, _invoke) = (declaration, new(inputSchema), new(outputSchema), invoke);
        _check = new(() => SchemaCheck.Of(InputSchema));
        _mirroredHeaders = new(() => HeaderMirror.Find(InputSchema));
    }

    public ToolDeclaration Declaration { get; }

    /// <summary>JSON Schema 2020-12 of the arguments.</summary>
    public JsonObject InputSchema => _inputSchema.Value;

    /// <summary>JSON Schema of the structured content; null when the tool answers only in content blocks.</summary>
    public JsonObject? OutputSchema => _outputSchema.Value;

    /// <summary>Arguments that a modern client repeats in <c>Mcp-Param-*</c> headers.</summary>
    internal IReadOnlyList<HeaderMirror> MirroredHeaders => _mirroredHeaders.Value;

    /// <summary>A tool whose schemas are made from its request and result types.</summary>
    /// <param name="declaration">Name, texts, behaviour.</param>
    /// <param name="request">Source-generated type of the arguments.</param>
    /// <param name="result">Source-generated type of the structured content.</param>
    /// <param name="handle">The function. It may keep neither the call nor the request's raw JSON after it has answered.</param>
    /// <param name="adjust">Last touch on the input schema, for what only the data knows (e.g. the allowed values of a filter).</param>
    public static McpTool Create<TRequest, TResult>(
        ToolDeclaration declaration,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TResult> result,
        Func<TRequest, McpCall, ValueTask<ToolResult>> handle,
        Action<JsonObject>? adjust = null)
        where TRequest : class
    {
        JsonObject Input()
        {
            var schema = ToolSchema.OfInput(request);
            adjust?.Invoke(schema);
            return schema;
        }

        return new(declaration, Input, () => ToolSchema.OfOutput(result), (arguments, call) => Invoke(arguments, call, request, handle));
    }

    /// <summary>A tool with schemas written by hand.</summary>
    public static McpTool CreateWithSchema<TRequest>(
        ToolDeclaration declaration,
        JsonObject inputSchema,
        JsonObject? outputSchema,
        JsonTypeInfo<TRequest> request,
        Func<TRequest, McpCall, ValueTask<ToolResult>> handle)
        where TRequest : class =>
        new(declaration, () => inputSchema, () => outputSchema, (arguments, call) => Invoke(arguments, call, request, handle));

    internal ValueTask<ToolResult> Invoke(ReadOnlyMemory<byte> arguments, McpCall call)
    {
        var json = arguments.IsEmpty ? "{}"u8.ToArray() : arguments;
        var mistakes = _check.Value.Find(json.Span);
        return mistakes is null
            ? _invoke(json, call)
            : ValueTask.FromResult(ToolResult.Fail($"{Declaration.Name} was not run: {mistakes}", FailureKind.Invalid));
    }

    internal JsonObject Describe()
    {
        var entry = new JsonObject
        {
            ["name"] = Declaration.Name,
            ["title"] = Declaration.Title,
            ["description"] = Declaration.Description,
            ["inputSchema"] = InputSchema.DeepClone(),
        };
        if (OutputSchema is not null)
        {
            entry["outputSchema"] = OutputSchema.DeepClone();
        }

        entry["annotations"] = Annotations.Of(Declaration.Behaviour, Declaration.Title);
        if (Declaration.Meta is not null)
        {
            entry["_meta"] = Declaration.Meta.DeepClone();
        }

        return entry;
    }

    private static ValueTask<ToolResult> Invoke<TRequest>(
        ReadOnlyMemory<byte> arguments, McpCall call, JsonTypeInfo<TRequest> type, Func<TRequest, McpCall, ValueTask<ToolResult>> handle)
        where TRequest : class
    {
        return ToolArguments.Read(arguments.Span, type) is { } request
            ? handle(request, call)
            : ValueTask.FromResult(ToolResult.Fail("The arguments cannot be read: check them against the tool's input schema.", FailureKind.Invalid));
    }
}
