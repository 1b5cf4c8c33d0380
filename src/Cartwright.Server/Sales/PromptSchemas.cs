namespace Cartwright.Server.Sales;

/// <summary>The forms that prompts ask for: JSON Schema 2020-12, as it is sent to the model.</summary>
internal static class PromptSchemas
{
    public const string Overview =
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "period": { "$ref": "#/$defs/period" },
            "currencies": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "currency": { "type": "string", "pattern": "^[A-Z]{3}$" },
                  "orders": { "type": "integer" },
                  "units": { "type": "integer" },
                  "gross": { "type": "number" },
                  "refunds": { "type": "number" },
                  "net": { "type": "number" },
                  "average_order_value": { "type": ["number", "null"] },
                  "net_change_percent": { "type": ["number", "null"], "description": "Against the days before" },
                  "best_day": { "type": ["string", "null"], "format": "date" },
                  "worst_day": { "type": ["string", "null"], "format": "date" },
                  "top_products": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "properties": {
                        "product_id": { "type": "string" },
                        "name": { "type": "string" },
                        "units": { "type": "integer" },
                        "net": { "type": "number" }
                      },
                      "required": ["product_id", "name", "units", "net"],
                      "additionalProperties": false
                    }
                  }
                },
                "required": ["currency", "orders", "units", "gross", "refunds", "net", "average_order_value", "net_change_percent", "best_day", "worst_day", "top_products"],
                "additionalProperties": false
              }
            },
            "highlights": { "type": "array", "maxItems": 5, "items": { "type": "string" }, "description": "One sentence each" }
          },
          "required": ["period", "currencies", "highlights"],
          "additionalProperties": false,
        """ + Period;

    public const string Comparison =
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "current_period": { "$ref": "#/$defs/period" },
            "compared_period": { "$ref": "#/$defs/period" },
            "currencies": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "currency": { "type": "string", "pattern": "^[A-Z]{3}$" },
                  "figures": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "properties": {
                        "figure": { "enum": ["orders", "units", "gross", "refunds", "net", "average_order_value"] },
                        "current": { "type": ["number", "null"] },
                        "compared": { "type": ["number", "null"] },
                        "change_percent": { "type": ["number", "null"] }
                      },
                      "required": ["figure", "current", "compared", "change_percent"],
                      "additionalProperties": false
                    }
                  }
                },
                "required": ["currency", "figures"],
                "additionalProperties": false
              }
            },
            "reasons": { "type": "array", "maxItems": 5, "items": { "type": "string" }, "description": "What in the figures explains the changes, one sentence each" }
          },
          "required": ["current_period", "compared_period", "currencies", "reasons"],
          "additionalProperties": false,
        """ + Period;

    public const string Categories =
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "period": { "$ref": "#/$defs/period" },
            "categories": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "category": { "type": "string" },
                  "currency": { "type": "string", "pattern": "^[A-Z]{3}$" },
                  "units": { "type": "integer" },
                  "net": { "type": "number" },
                  "gross_share_percent": { "type": ["number", "null"] },
                  "net_change_percent": { "type": ["number", "null"] },
                  "best_products": { "type": "array", "maxItems": 5, "items": { "type": "string" }, "description": "Product ids, best first" },
                  "insight": { "type": "string", "description": "One or two sentences" }
                },
                "required": ["category", "currency", "units", "net", "gross_share_percent", "net_change_percent", "best_products", "insight"],
                "additionalProperties": false
              }
            },
            "conclusion": { "type": "string" }
          },
          "required": ["period", "categories", "conclusion"],
          "additionalProperties": false,
        """ + Period;

    public const string Actions =
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "period": { "$ref": "#/$defs/period" },
            "actions": {
              "type": "array",
              "minItems": 3,
              "maxItems": 7,
              "items": {
                "type": "object",
                "properties": {
                  "action": { "enum": ["promote", "bundle", "reprice", "restock", "feature", "retire", "investigate"] },
                  "product_ids": { "type": "array", "items": { "type": "string" }, "description": "Empty when it is about a whole category" },
                  "category": { "type": ["string", "null"] },
                  "what": { "type": "string", "description": "What to do, in one sentence" },
                  "reason": { "type": "string", "description": "The figures it rests on" },
                  "confidence": { "enum": ["low", "medium", "high"] }
                },
                "required": ["action", "product_ids", "category", "what", "reason", "confidence"],
                "additionalProperties": false
              }
            }
          },
          "required": ["period", "actions"],
          "additionalProperties": false,
        """ + Period;

    // Every form says what it is about in the same way.
    private const string Period =
        """

          "$defs": {
            "period": {
              "type": "object",
              "properties": {
                "date_start": { "type": "string", "format": "date" },
                "date_end": { "type": "string", "format": "date" },
                "time_zone": { "type": "string" },
                "definition_version": { "type": "string" },
                "includes_simulated": { "type": "boolean" },
                "includes_sample": { "type": "boolean" }
              },
              "required": ["date_start", "date_end", "time_zone", "definition_version", "includes_simulated", "includes_sample"],
              "additionalProperties": false
            }
          }
        }
        """;
}
