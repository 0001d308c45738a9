// The OpenAPI document of the admin listener. A test holds the live pages against its schemas,
// which permit no member that they do not tell.
#include "gateway/admin.h"

namespace wye {

const std::string_view admin_openapi = R"json({
  "openapi": "3.1.0",
  "info": {
    "title": "wye admin API",
    "version": "1",
    "description": "Answers clients on the same machine only. Asks for no key, but for starting and stopping drills."
  },
  "paths": {
    "/admin/v1/status": {
      "get": {
        "operationId": "getStatus",
        "summary": "The gateway and every deployment, as they are now",
        "responses": {
          "200": {"description": "The status", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}},
          "403": {"$ref": "#/components/responses/Refused"}
        }
      }
    },
    "/admin/v1/deployments/{name}": {
      "get": {
        "operationId": "getDeployment",
        "summary": "One deployment, as it is now",
        "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {
          "200": {"description": "The deployment", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deployment"}}}},
          "403": {"$ref": "#/components/responses/Refused"},
          "404": {"$ref": "#/components/responses/Refused"}
        }
      }
    },
    "/admin/v1/drills": {
      "get": {
        "operationId": "listDrills",
        "summary": "The live drill that runs, and those of this process, newest first",
        "responses": {
          "200": {"description": "The drills", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Drills"}}}},
          "403": {"$ref": "#/components/responses/Refused"}
        }
      },
      "post": {
        "operationId": "startDrill",
        "summary": "Plays a fault on a share of live traffic, for a time",
        "security": [{"key": []}],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DrillOrder"}}}},
        "responses": {
          "201": {"description": "It runs", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Drill"}}}},
          "400": {"$ref": "#/components/responses/Refused"},
          "401": {"$ref": "#/components/responses/Refused"},
          "403": {"$ref": "#/components/responses/Refused"},
          "409": {"$ref": "#/components/responses/Refused"}
        }
      }
    },
    "/admin/v1/drills/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
      "get": {
        "operationId": "getDrill",
        "summary": "One drill of this process, with its verdict when it is over",
        "responses": {
          "200": {"description": "The drill", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Drill"}}}},
          "403": {"$ref": "#/components/responses/Refused"},
          "404": {"$ref": "#/components/responses/Refused"}
        }
      },
      "delete": {
        "operationId": "stopDrill",
        "summary": "Ends a drill at once; its verdict follows",
        "security": [{"key": []}],
        "responses": {
          "200": {"description": "It is over", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Drill"}}}},
          "401": {"$ref": "#/components/responses/Refused"},
          "403": {"$ref": "#/components/responses/Refused"},
          "404": {"$ref": "#/components/responses/Refused"},
          "409": {"$ref": "#/components/responses/Refused"}
        }
      }
    },
    "/admin/v1/openapi.json": {
      "get": {
        "operationId": "getOpenapi",
        "summary": "This document",
        "responses": {"200": {"description": "This document", "content": {"application/json": {"schema": {"type": "object"}}}}}
      }
    },
    "/metrics": {
      "get": {
        "operationId": "getMetrics",
        "summary": "Metrics in the text format of Prometheus",
        "responses": {
          "200": {"description": "The metrics", "content": {"text/plain": {"schema": {"type": "string"}}}},
          "403": {"$ref": "#/components/responses/Refused"}
        }
      }
    },
    "/livez": {
      "get": {
        "operationId": "getLivez",
        "summary": "Whether the process runs",
        "responses": {"200": {"description": "It does", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}}}
      }
    },
    "/readyz": {
      "get": {
        "operationId": "getReadyz",
        "summary": "Whether requests are taken",
        "responses": {
          "200": {"description": "They are", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}},
          "503": {"description": "They are not", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}}
        }
      }
    }
  },
  "components": {
    "securitySchemes": {
      "key": {"type": "http", "scheme": "bearer", "description": "A virtual key with the role drill"}
    },
    "responses": {
      "Refused": {"description": "The error and what to do about it", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    },
    "schemas": {
      "Health": {
        "type": "object",
        "required": ["status"],
        "additionalProperties": false,
        "properties": {
          "status": {"enum": ["alive", "ready", "not ready", "draining"]},
          "reason": {"type": "string"}
        }
      },
      "Error": {
        "type": "object",
        "required": ["error"],
        "properties": {
          "error": {
            "type": "object",
            "required": ["message", "type"],
            "properties": {
              "message": {"type": "string"},
              "type": {"type": "string"},
              "param": {"type": ["string", "null"]},
              "code": {"type": ["string", "null"]}
            }
          }
        }
      },
      "Status": {
        "type": "object",
        "required": ["status", "version", "policy", "config", "now", "requests_in_flight", "client_connections", "retries_left", "hedges_left", "store", "drill", "deployments"],
        "additionalProperties": false,
        "properties": {
          "status": {"enum": ["ready", "not ready", "draining"]},
          "reason": {"type": "string", "description": "Why it is not ready"},
          "version": {"type": "string"},
          "policy": {"type": "string", "description": "Fingerprint of the policy in force"},
          "config": {"type": "string", "description": "File that the policy came from"},
          "config_rejected_since": {"$ref": "#/components/schemas/Time", "description": "Only while the file on disk has errors or is gone, and the policy of before stays in force"},
          "now": {"$ref": "#/components/schemas/Time"},
          "requests_in_flight": {"type": "integer", "minimum": 0},
          "client_connections": {"type": "integer", "minimum": 0},
          "retries_left": {"type": "integer", "minimum": 0, "description": "Retries that the retry budget permits now"},
          "hedges_left": {"type": "integer", "minimum": 0, "description": "Hedges that their budget permits now"},
          "store": {
            "type": "object",
            "required": ["queued_rows", "late_rows", "lost_rows"],
            "additionalProperties": false,
            "properties": {
              "queued_rows": {"type": "integer", "minimum": 0, "description": "Records on their way into the database"},
              "late_rows": {"type": "integer", "minimum": 0, "description": "Of those, records of refused requests, which no journal could take"},
              "lost_rows": {"type": "integer", "minimum": 0, "description": "Records of refused requests that found no room to wait"}
            }
          },
          "drill": {"description": "The live drill that runs", "oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Drill"}]},
          "deployments": {"type": "array", "items": {"$ref": "#/components/schemas/Deployment"}}
        }
      },
      "DrillOrder": {
        "type": "object",
        "required": ["fault", "target", "tasks", "for", "share"],
        "additionalProperties": false,
        "properties": {
          "fault": {"enum": ["outage", "rate_limit", "hang", "slow", "cut", "invalid_json"]},
          "target": {"type": "string", "description": "A provider with all its deployments, or one deployment"},
          "tasks": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "string"}},
          "for": {"type": "string", "description": "1s to 15m"},
          "share": {"type": "string", "description": "Over 0% and at most 25% of the requests of the tasks"},
          "expect": {"type": "string", "description": "Share of the struck requests that must be answered; 99% when not given"}
        }
      },
      "Drills": {
        "type": "object",
        "required": ["drill", "drills"],
        "additionalProperties": false,
        "properties": {
          "drill": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Drill"}]},
          "drills": {"type": "array", "items": {"$ref": "#/components/schemas/Drill"}}
        }
      },
      "Drill": {
        "type": "object",
        "required": ["id", "state", "fault", "target", "tasks", "share", "for_ms", "by", "began", "ends", "struck_requests", "injected_attempts"],
        "additionalProperties": false,
        "properties": {
          "id": {"type": "string", "description": "As in the header x-wye-drill of struck requests"},
          "state": {"enum": ["running", "ending", "over"], "description": "ending: its last requests are not counted yet"},
          "fault": {"type": "string"},
          "target": {"type": "string"},
          "tasks": {"type": "array", "items": {"type": "string"}},
          "share": {"type": "number"},
          "for_ms": {"type": "integer"},
          "by": {"type": "string", "description": "Name of the key that started it"},
          "began": {"$ref": "#/components/schemas/Time"},
          "ends": {"$ref": "#/components/schemas/Time"},
          "ended": {"$ref": "#/components/schemas/Time"},
          "ended_because": {"type": "string"},
          "struck_requests": {"type": "integer", "minimum": 0},
          "injected_attempts": {"type": "integer", "minimum": 0},
          "met": {"type": "boolean"},
          "number": {"type": "integer", "description": "Of `wye drill show`; 0: the verdict could not be kept"},
          "page": {"type": "string", "description": "The verdict for people"},
          "verdict": {"type": ["object", "null"]}
        }
      },
      "Deployment": {
        "type": "object",
        "required": ["name", "provider", "model", "state", "circuit", "opened_total", "window_ok", "window_bad", "consecutive_bad", "in_flight", "minute_requests", "minute_tokens", "limits", "input_tokens_ratio"],
        "additionalProperties": false,
        "properties": {
          "name": {"type": "string"},
          "provider": {"type": "string"},
          "model": {"type": "string"},
          "state": {"enum": ["ok", "probing", "open", "limited", "out"]},
          "why": {"type": "string", "description": "A sentence for people, when the state is not ok"},
          "circuit": {"enum": ["closed", "half_open", "open"]},
          "opened_total": {"type": "integer", "minimum": 0, "description": "Times that the circuit opened since the process was started"},
          "window_ok": {"type": "integer", "minimum": 0, "description": "Successes in the window of the circuit breaker"},
          "window_bad": {"type": "integer", "minimum": 0, "description": "Failures in it"},
          "consecutive_bad": {"type": "integer", "minimum": 0},
          "last_fault": {"type": "string", "description": "Class of the last failure"},
          "opened_at": {"$ref": "#/components/schemas/Time"},
          "open_until": {"$ref": "#/components/schemas/Time"},
          "limited_until": {"$ref": "#/components/schemas/Time"},
          "out_until": {"$ref": "#/components/schemas/Time"},
          "in_flight": {"type": "integer", "minimum": 0},
          "minute_requests": {"type": "integer", "minimum": 0, "description": "Attempts that ended within the last minute"},
          "minute_tokens": {"type": "integer", "minimum": 0},
          "requests_left_ratio": {"type": "number", "description": "Left of the provider's limit, when it says so"},
          "tokens_left_ratio": {"type": "number"},
          "limits": {
            "type": "object",
            "required": ["requests_per_minute", "tokens_per_minute", "parallel"],
            "additionalProperties": false,
            "description": "As configured; 0: none",
            "properties": {
              "requests_per_minute": {"type": "integer", "minimum": 0},
              "tokens_per_minute": {"type": "integer", "minimum": 0},
              "parallel": {"type": "integer", "minimum": 0}
            }
          },
          "ttft_ms": {"type": "number", "description": "Smoothed time to the first token"},
          "ttft_tail_ms": {"type": "number", "description": "The same at the percentile of hedging"},
          "whole_tail_ms": {"type": "number", "description": "Time to a whole answer that was held back until its end, at the percentile of hedging"},
          "ms_per_token": {"type": "number", "description": "Smoothed time for each token after the first"},
          "input_tokens_ratio": {"type": "number", "description": "Prompt tokens that the provider counts for each that is estimated"}
        }
      },
      "Time": {"type": "string", "description": "As 2026-11-22T10:41:07.112Z"}
    }
  }
}
)json";

}  // namespace wye
