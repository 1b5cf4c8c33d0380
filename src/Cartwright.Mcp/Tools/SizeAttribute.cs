namespace Cartwright.Mcp;

/// <summary>Bounds of a text's characters or a list's entries, for the input schema (minLength and maxLength, or minItems and maxItems).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeAttribute(int minimum, int maximum) : Attribute
{
    public int Minimum { get; } = minimum;

    public int Maximum { get; } = maximum;
}
