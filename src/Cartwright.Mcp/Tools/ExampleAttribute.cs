namespace Cartwright.Mcp;

/// <summary>A value that works, for the input schema (examples): it stands in the examples of the OpenAPI document, too.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExampleAttribute(string value) : Attribute
{
    public string Value { get; } = value;
}
