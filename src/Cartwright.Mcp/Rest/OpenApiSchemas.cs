namespace Cartwright.Mcp.Rest;

/// <summary>Schemas of an OpenAPI document that no tool declares. The shapes are those of MCP 2025-11-25.</summary>
internal static class OpenApiSchemas
{
    public const string Json = """
        {
          "Problem": {
            "description": "Problem details (RFC 9457)",
            "type": "object",
            "required": ["status", "title", "detail"],
            "properties": {
              "type": { "type": "string" },
              "title": { "type": "string" },
              "status": { "type": "integer" },
              "detail": { "type": "string", "description": "What is wrong, and what to do next" }
            }
          },
          "ToolList": {
            "type": "object",
            "required": ["tools"],
            "properties": {
              "tools": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["name", "title", "description", "inputSchema", "annotations"],
                  "properties": {
                    "name": { "type": "string" },
                    "title": { "type": "string" },
                    "description": { "type": "string" },
                    "inputSchema": { "type": "object", "description": "JSON Schema of the arguments" },
                    "outputSchema": { "type": "object", "description": "JSON Schema of the answer" },
                    "annotations": { "type": "object", "description": "Whether the tool only reads, and whether it may be repeated" }
                  }
                }
              }
            }
          },
          "PromptList": {
            "type": "object",
            "required": ["prompts"],
            "properties": {
              "prompts": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["name"],
                  "properties": {
                    "name": { "type": "string" },
                    "title": { "type": "string" },
                    "description": { "type": "string" },
                    "arguments": {
                      "type": "array",
                      "items": {
                        "type": "object",
                        "required": ["name", "required"],
                        "properties": {
                          "name": { "type": "string" },
                          "description": { "type": "string" },
                          "required": { "type": "boolean" }
                        }
                      }
                    }
                  }
                }
              }
            }
          },
          "ResourceList": {
            "type": "object",
            "required": ["resources", "resourceTemplates"],
            "properties": {
              "resources": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["uri", "name", "mimeType"],
                  "properties": {
                    "uri": { "type": "string" },
                    "name": { "type": "string" },
                    "title": { "type": "string" },
                    "description": { "type": "string" },
                    "mimeType": { "type": "string" }
                  }
                }
              },
              "resourceTemplates": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["uriTemplate", "name", "mimeType"],
                  "properties": {
                    "uriTemplate": { "type": "string", "description": "RFC 6570" },
                    "name": { "type": "string" },
                    "title": { "type": "string" },
                    "description": { "type": "string" },
                    "mimeType": { "type": "string" }
                  }
                }
              }
            }
          },
          "ResourceContents": {
            "type": "object",
            "required": ["contents"],
            "properties": { "contents": { "type": "array", "items": { "$ref": "#/components/schemas/ResourceItem" } } }
          },
          "ResourceItem": {
            "type": "object",
            "required": ["uri", "mimeType"],
            "properties": {
              "uri": { "type": "string" },
              "mimeType": { "type": "string" },
              "text": { "type": "string" },
              "blob": { "type": "string", "contentEncoding": "base64" },
              "_meta": { "type": "object" }
            }
          },
          "ToolContent": {
            "description": "What a tool without a structured result answers",
            "type": "object",
            "required": ["content"],
            "properties": { "content": { "type": "array", "items": { "$ref": "#/components/schemas/Content" } } }
          },
          "PromptMessages": {
            "type": "object",
            "required": ["messages"],
            "properties": {
              "description": { "type": "string" },
              "messages": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["role", "content"],
                  "properties": {
                    "role": { "type": "string", "enum": ["user", "assistant"] },
                    "content": { "$ref": "#/components/schemas/Content" }
                  }
                }
              }
            }
          },
          "Content": {
            "type": "object",
            "required": ["type"],
            "properties": {
              "type": { "type": "string", "enum": ["text", "image", "audio", "resource", "resource_link"] },
              "text": { "type": "string" },
              "data": { "type": "string", "contentEncoding": "base64" },
              "mimeType": { "type": "string" },
              "uri": { "type": "string" },
              "name": { "type": "string" },
              "resource": { "$ref": "#/components/schemas/ResourceItem" }
            }
          }
        }
        """;
}
