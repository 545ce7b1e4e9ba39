"""The API as an OpenAPI 3.1 document: for tools that read one, for tests that try what it says, for docs/generated.

Parameters come from the sets that the handlers check requests against: the document cannot promise another one.
"""

from dataclasses import dataclass
from typing import Any

from songcau.context.api import (
    batches,
    discovery,
    entities,
    queries,
    stored_contexts,
    subscriptions,
    temporal,
    temporal_provision,
)
from songcau.context.api.attributes import DELETE_PARAMS
from songcau.context.api.routes import API
from songcau.context.terms.shelf import Kind

Schema = dict[str, Any]

URI: Schema = {"type": "string", "format": "uri", "maxLength": 2048}
TEXT: Schema = {"type": "string", "maxLength": 4096}
COUNT: Schema = {"type": "integer", "minimum": 0}
INSTANT: Schema = {"type": "string", "format": "date-time"}
FLAG: Schema = {"type": "string", "enum": ["true", "false"]}

PARAMETERS: dict[str, tuple[Schema, str]] = {
    "aggrMethods": (TEXT, "What to make of many values: avg, min, max, sum, stddev, sumsq, totalCount, distinctCount"),
    "aggrPeriodDuration": (TEXT, "Length of the periods of an aggregation, such as PT1H; PT0S is the whole time"),
    "attrs": (TEXT, "Attributes to show; entities without any of them do not match"),
    "coordinates": (TEXT, "Coordinates of the geometry, as in GeoJSON"),
    "count": (FLAG, "Give the number of all matches in the header NGSILD-Results-Count"),
    "csf": (TEXT, "Context source filter; there are no context sources here"),
    "datasetId": (TEXT, "Instances to show or to delete; @none is the default one"),
    "deleteAll": (FLAG, "Delete all instances of the attribute"),
    "details": (FLAG, "Tell more of each"),
    "drop": (TEXT, "Attributes to delete"),
    "endTimeAt": (INSTANT, "End of a period between two instants"),
    "format": (
        {
            "type": "string",
            "enum": ["normalized", "concise", "simplified", "keyValues", "temporalValues", "aggregatedValues"],
        },
        "Form of entities or of histories",
    ),
    "geometry": (TEXT, "Type of geometry, as in GeoJSON"),
    "geometryProperty": (TEXT, "GeoProperty that becomes the geometry of a GeoJSON Feature"),
    "geoproperty": (TEXT, "GeoProperty that is compared; location if none is named"),
    "georel": (TEXT, "Geographical relation, such as near;maxDistance==1000"),
    "id": (TEXT, "Ids, parted by commas"),
    "idPattern": (TEXT, "Regular expression that ids match"),
    "join": ({"type": "string", "enum": ["inline", "flat", "@none"]}, "How linked entities come with the answer"),
    "joinLevel": ({"type": "integer", "minimum": 1, "maximum": 5}, "How many links are followed"),
    "keep": (TEXT, "Attributes not to delete"),
    "kind": ({"type": "string", "enum": [kind.value for kind in Kind]}, "Where a @context comes from"),
    "lastN": (COUNT, "At most so many instances of each attribute, the newest"),
    "lang": (TEXT, "Languages in which LanguageProperties are wanted; of a merge, the language of the texts it brings"),
    "limit": ({"type": "integer", "minimum": 0, "maximum": 1000}, "Results in one answer"),
    "local": (FLAG, "Ask this broker only, which it always does"),
    "observedAt": ({"type": "string", "format": "date-time"}, "Given to merged attributes that have an observedAt"),
    "offset": (COUNT, "Results left out before the first"),
    "omit": (TEXT, "Members not to show"),
    "options": (TEXT, "Options of the operation, parted by commas"),
    "orderBy": (TEXT, "Order of the results, such as temperature;desc or location;dist-asc"),
    "orderFrom": (TEXT, "Coordinates that an order by distance measures from, as in GeoJSON"),
    "orderGeometry": (TEXT, "Type of geometry of orderFrom; Point if none is named"),
    "pick": (TEXT, "Members to show"),
    "q": (TEXT, "Query language, such as temperature>30;name"),
    "reload": (FLAG, "Fetch the @context anew instead of deleting it"),
    "scopeQ": (TEXT, "Query over scopes, such as /wards/W05512/#"),
    "timeAt": (INSTANT, "Instant that the temporal relation refers to"),
    "timeproperty": (
        {"type": "string", "enum": ["observedAt", "createdAt", "modifiedAt", "deletedAt"]},
        "What tells when an instance was",
    ),
    "timerel": ({"type": "string", "enum": ["before", "after", "between"]}, "Temporal relation"),
    "type": (TEXT, "Type selection, such as Room|(Hall;Public)"),
}

ENTITY: Schema = {
    "type": "object",
    "required": ["id", "type"],
    "properties": {
        "id": URI,
        "type": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "scope": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    },
    "additionalProperties": True,
}
FRAGMENT: Schema = {"type": "object", "minProperties": 1, "additionalProperties": True}
ATTRIBUTE: Schema = {
    "type": "object",
    "minProperties": 1,
    "properties": {"type": {"type": "string"}, "value": {}, "observedAt": {"type": "string", "format": "date-time"}},
    "additionalProperties": True,
}
BATCH: Schema = {"type": "array", "minItems": 1, "items": ENTITY}
IDS: Schema = {"type": "array", "minItems": 1, "items": URI}
QUERY: Schema = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"const": "Query"}, "q": TEXT, "entities": {"type": "array", "items": FRAGMENT}},
    "additionalProperties": True,
}
SUBSCRIPTION: Schema = {
    "type": "object",
    "required": ["type", "notification"],
    "properties": {
        "type": {"const": "Subscription"},
        "notification": {
            "type": "object",
            "required": ["endpoint"],
            "properties": {"endpoint": {"type": "object", "required": ["uri"], "properties": {"uri": URI}}},
        },
    },
    "additionalProperties": True,
}
CONTEXT: Schema = {
    "type": "object",
    "required": ["@context"],
    "properties": {"@context": {"type": ["string", "array", "object"]}},
    "additionalProperties": True,
}
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address. body: the schema of what it reads, or None."""

    method: str
    path: str
    summary: str
    params: frozenset[str] = NOTHING
    body: Schema | None = None
    success: tuple[int, ...] = (204,)


OPERATIONS = (
    Operation("POST", "/entities", "Create an entity", entities.WRITE_PARAMS, ENTITY, (201,)),
    Operation("GET", "/entities", "Query entities", queries.QUERY_PARAMS, None, (200,)),
    Operation("DELETE", "/entities", "Purge entities", queries.PURGE_PARAMS),
    Operation("GET", "/entities/{id}", "Retrieve an entity", entities.RETRIEVE_PARAMS, None, (200,)),
    Operation("PUT", "/entities/{id}", "Replace an entity", entities.WRITE_PARAMS, ENTITY),
    Operation("PATCH", "/entities/{id}", "Merge an entity", entities.MERGE_PARAMS, FRAGMENT),
    Operation("DELETE", "/entities/{id}", "Delete an entity", entities.WRITE_PARAMS),
    Operation("POST", "/entities/{id}/attrs", "Append attributes", entities.WRITE_PARAMS, FRAGMENT, (204, 207)),
    Operation("PATCH", "/entities/{id}/attrs", "Update attributes", entities.WRITE_PARAMS, FRAGMENT, (204, 207)),
    Operation("PATCH", "/entities/{id}/attrs/{name}", "Update one attribute", entities.WRITE_PARAMS, ATTRIBUTE),
    Operation("PUT", "/entities/{id}/attrs/{name}", "Replace an attribute", entities.WRITE_PARAMS, ATTRIBUTE),
    Operation("DELETE", "/entities/{id}/attrs/{name}", "Delete an attribute", DELETE_PARAMS),
    Operation("POST", "/entityOperations/create", "Create a batch", batches.PARAMS, BATCH, (201, 207)),
    Operation("POST", "/entityOperations/upsert", "Upsert a batch", batches.PARAMS, BATCH, (201, 204, 207)),
    Operation("POST", "/entityOperations/update", "Update a batch", batches.PARAMS, BATCH, (204, 207)),
    Operation("POST", "/entityOperations/merge", "Merge a batch", batches.PARAMS, BATCH, (204, 207)),
    Operation("POST", "/entityOperations/delete", "Delete a batch", batches.PARAMS, IDS, (204, 207)),
    Operation("POST", "/entityOperations/query", "Query by a body", queries.POST_PARAMS, QUERY, (200,)),
    Operation("GET", "/temporal/entities", "Query histories", temporal.QUERY_PARAMS, None, (200, 206)),
    Operation("POST", "/temporal/entities", "Tell what was so", temporal_provision.WRITE_PARAMS, ENTITY, (201, 204)),
    Operation("GET", "/temporal/entities/{id}", "Retrieve a history", temporal.RETRIEVE_PARAMS, None, (200, 206)),
    Operation("DELETE", "/temporal/entities/{id}", "Forget a history", temporal_provision.WRITE_PARAMS),
    Operation("POST", "/temporal/entities/{id}/attrs", "Add to a history", temporal_provision.WRITE_PARAMS, FRAGMENT),
    Operation(
        "DELETE",
        "/temporal/entities/{id}/attrs/{name}",
        "Delete the history of an attribute",
        temporal_provision.DELETE_PARAMS,
    ),
    Operation(
        "PATCH",
        "/temporal/entities/{id}/attrs/{name}/{instance}",
        "Correct an instance",
        temporal_provision.WRITE_PARAMS,
        ATTRIBUTE,
    ),
    Operation(
        "DELETE",
        "/temporal/entities/{id}/attrs/{name}/{instance}",
        "Delete an instance",
        temporal_provision.WRITE_PARAMS,
    ),
    Operation(
        "POST", "/temporal/entityOperations/query", "Query histories by a body", temporal.POST_PARAMS, QUERY, (200, 206)
    ),
    Operation("GET", "/types", "Types in use", discovery.LIST_PARAMS, None, (200,)),
    Operation("GET", "/types/{name}", "One type in use", discovery.ONE_PARAMS, None, (200,)),
    Operation("GET", "/attributes", "Attributes in use", discovery.LIST_PARAMS, None, (200,)),
    Operation("GET", "/attributes/{name}", "One attribute in use", discovery.ONE_PARAMS, None, (200,)),
    Operation("POST", "/subscriptions", "Subscribe", NOTHING, SUBSCRIPTION, (201,)),
    Operation("GET", "/subscriptions", "Subscriptions", subscriptions.LIST_PARAMS, None, (200,)),
    Operation("GET", "/subscriptions/{id}", "One subscription", subscriptions.ONE_PARAMS, None, (200,)),
    Operation("PATCH", "/subscriptions/{id}", "Change a subscription", NOTHING, FRAGMENT),
    Operation("DELETE", "/subscriptions/{id}", "Unsubscribe"),
    Operation("POST", "/jsonldContexts", "Host a @context", NOTHING, CONTEXT, (201,)),
    Operation("GET", "/jsonldContexts", "Stored @contexts", stored_contexts.LIST_PARAMS, None, (200,)),
    Operation("GET", "/jsonldContexts/{id}", "One stored @context", stored_contexts.ONE_PARAMS, None, (200,)),
    Operation("DELETE", "/jsonldContexts/{id}", "Delete or reload a @context", stored_contexts.DELETE_PARAMS),
)


def openapi() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(API + operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "songcau: the context of the city (NGSI-LD)",
            "version": "1",
            "description": "What devices and systems say of the city, by ETSI GS CIM 009.",
        },
        "paths": paths,
        "components": {
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "detail", "status"],
                    "properties": {"type": URI, "title": TEXT, "detail": TEXT, "status": COUNT},
                }
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _described(operation: Operation) -> dict[str, Any]:
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers: dict[str, Any] = {str(status): {"description": "Done"} for status in operation.success}
    for status, why in ((400, "What was sent is not valid"), (401, "No valid token"), (403, "Not allowed")):
        answers[str(status)] = {"description": why, "content": problem}
    answers["default"] = {"description": "Refused", "content": problem}
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation.params)],
        "responses": answers,
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": operation.body}},
        }
    return described


def _path_parameters(path: str) -> list[Schema]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": URI if name == "id" else {"type": "string"}}
        for name in names
    ]


def _query_parameters(params: frozenset[str]) -> list[Schema]:
    return [
        {"name": name, "in": "query", "schema": PARAMETERS[name][0], "description": PARAMETERS[name][1]}
        for name in sorted(params)
    ]
