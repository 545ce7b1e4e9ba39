"""The core @context of NGSI-LD as a table of our own (ETSI GS CIM 009 v1.9.1, annex B).

The standard gives the core @context absolute precedence, whatever version a client names (clauses 4.4 and 5.5.7), and
from v1.3 on a version only adds terms to the one before. So one table, the newest, stands for all of them; the
addresses of the older ones are known so that nothing is fetched for them.

The terms are grouped by what their values are coerced to, since that is all they differ in.
"""

from typing import Final

from songcau.context.terms.table import Table

NGSI_LD: Final = "https://uri.etsi.org/ngsi-ld/"
GEOJSON: Final = "https://purl.org/geojson/vocab#"
DEFAULT_VOCABULARY: Final = NGSI_LD + "default-context/"

VERSIONS: Final = ("1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9")
CORE_URL: Final = f"{NGSI_LD}v1/ngsi-ld-core-context-v1.8.jsonld"
"""The address that answers name when the client named none."""

_NODES = """
Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date DateTime
EntityType EntityTypeInfo EntityTypeList ExecutionResultDetails GeoProperty JsonProperty LanguageProperty ListProperty
ListRelationship Notification Property Relationship Snapshot SnapshotNotification Subscription TemporalProperty Time
VocabProperty
accept aggrMethods aggrParams aggrPeriodDuration attrs cacheDuration collation contextSourceAlias contextSourceInfo
contextSourceUptime cooldown csf data detail endpoint entities entity entityCount error errors expandValues format geoQ
geoproperty georel idPattern information isActive join jsonKeys lang linkedMaps localOnly location management
managementInterval mode ngsildproof notUpdated notification notificationTrigger notifierInfo observationInterval
observationSpace omit operationSpace operations ordering pick q reason receiverInfo refreshRate registrationId
registrationName resultStatus scope scopeQ showChanges snapshotId snapshotLifetime snapshotPriority snapshotStatus
status subscriptionName sysAttrs temporalQ throttling timeInterval timeout timeproperty timerel timesFailed timesSent
triggerReason unchanged unitCode updated uri
"""
_INSTANTS = """
contextSourceTimeAt createdAt deletedAt endAt endTimeAt expiresAt lastFailure lastNotification lastSuccess lastUsedAt
modifiedAt notifiedAt observedAt startAt timeAt
"""
_IDENTIFIERS = "datasetId entityId instanceId subscriptionId success tenant"
_NAMES = """
attributeList attributeName attributeNames attributeTypes attributes propertyNames relationshipNames typeList typeName
typeNames watchedAttributes
"""
_LISTS = """
avg distinctCount entityList jsons max min orderBy snapshotQueries snapshotQueriesDetails snapshotTemporalQueries
snapshotTemporalQueriesDetails stddev sum sumsq totalCount
"""
_JSON = "contextSourceExtras problemDetails"

_RENAMED = {  # term: the local name that it has in the namespace, what its value is coerced to, its container
    "containedBy": ("isContainedBy", "", ""),
    "dataset": ("hasDataset", "", "@index"),
    "entityMap": ("hasEntityMap", "", ""),
    "joinLevel": ("hasJoinLevel", "", ""),
    "json": ("hasJSON", "@json", ""),
    "key": ("hasKey", "", ""),
    "languageMap": ("hasLanguageMap", "", "@language"),
    "languageMaps": ("hasLanguageMaps", "", "@list"),
    "object": ("hasObject", "@id", ""),
    "objectList": ("hasObjectList", "", "@list"),
    "objectLists": ("hasObjectLists", "", "@list"),
    "objectType": ("hasObjectType", "@vocab", ""),
    "objects": ("hasObjects", "", "@list"),
    "previousJson": ("hasPreviousJson", "@json", ""),
    "previousLanguageMap": ("hasPreviousLanguageMap", "", "@language"),
    "previousObject": ("hasPreviousObject", "@id", ""),
    "previousObjectList": ("hasPreviousObjectList", "", "@list"),
    "previousValue": ("hasPreviousValue", "", ""),
    "previousValueList": ("hasPreviousValueList", "", "@list"),
    "previousVocab": ("hasPreviousVocab", "@vocab", ""),
    "value": ("hasValue", "", ""),
    "valueList": ("hasValueList", "", "@list"),
    "valueLists": ("hasValueLists", "", "@list"),
    "valueType": ("hasValueType", "@vocab", ""),
    "values": ("hasValues", "", "@list"),
    "vocab": ("hasVocab", "@vocab", ""),
    "vocabs": ("hasVocabs", "", "@list"),
}
_GEOMETRIES = """
Feature FeatureCollection GeometryCollection LineString MultiLineString MultiPoint MultiPolygon Point Polygon
geometry properties
"""
_ELSEWHERE = {
    "id": "@id",
    "type": "@type",
    "ngsi-ld": NGSI_LD,
    "geojson": GEOJSON,
    "attributeCount": DEFAULT_VOCABULARY + "attributeCount",
    "attributeDetails": DEFAULT_VOCABULARY + "attributeDetails",
    "description": "http://purl.org/dc/terms/description",
    "langString": "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    "title": "http://purl.org/dc/terms/title",
}


def _core_table() -> Table:
    """The whole core @context."""
    table = Table(DEFAULT_VOCABULARY)
    groups = (
        (_NODES, "", ""),
        (_INSTANTS, NGSI_LD + "DateTime", ""),
        (_IDENTIFIERS, "@id", ""),
        (_NAMES, "@vocab", ""),
        (_LISTS, "", "@list"),
        (_JSON, "@json", ""),
    )
    for names, coercion, container in groups:
        for name in names.split():
            table.define(name, NGSI_LD + name, coercion, container)
    for term, (name, coercion, container) in _RENAMED.items():
        table.define(term, NGSI_LD + name, coercion, container)
    for name in _GEOMETRIES.split():
        table.define(name, GEOJSON + name)
    table.define("bbox", GEOJSON + "bbox", "", "@list")
    table.define("coordinates", GEOJSON + "coordinates", "", "@list")
    table.define("features", GEOJSON + "features", "", "@set")
    for term, iri in _ELSEWHERE.items():
        table.define(term, iri)
    table.prefixes.update(("ngsi-ld", "geojson"))
    return table


CORE_TABLE: Final = _core_table()


def _core_urls() -> frozenset[str]:
    """Every address under which the core @context is known, exactly: a guess such as `…-core-context-new` is none."""
    names = ["ngsi-ld-core-context", *(f"ngsi-ld-core-context-v{version}" for version in VERSIONS)]
    return frozenset(
        f"{scheme}://uri.etsi.org/ngsi-ld/v1/{name}{suffix}"
        for scheme in ("https", "http")
        for name in names
        for suffix in (".jsonld", "")
    )


CORE_URLS: Final = _core_urls()

_SECURITY = "https://w3id.org/security#"
DATA_INTEGRITY: Final[dict[str, object]] = {
    "id": "@id",
    "type": "@type",
    "proof": {"@id": _SECURITY + "proof", "@type": "@id", "@container": "@graph"},
    "DataIntegrityProof": _SECURITY + "DataIntegrityProof",
}
"""What `ngsildproof` points to, as far as it names anything outside of a proof; proofs are kept as they came."""

BUNDLED: Final[dict[str, object]] = {
    "https://w3id.org/security/data-integrity/v2": DATA_INTEGRITY,
    "https://w3id.org/security/data-integrity/v1": DATA_INTEGRITY,
}
"""@contexts that are known without being fetched, beside the core ones: address → its "@context"."""
