"""The groups of the standard, and which folders of the suite belong to each."""

from dataclasses import dataclass

COMMIT = "1d442dc4d95a2359641f436203a2f23a5a70bfc4"
TESTS = "TP/NGSI-LD"
PROVISION = "ContextInformation/Provision"
CONSUMPTION = "ContextInformation/Consumption"
NOTIFYING = "ContextInformation/Subscription/SubscriptionNotificationBehaviour"
REGISTRATION_NOTIFYING = (
    "ContextSource/RegistrationSubscription/ContextSourceRegistrationSubscriptionNotificationBehaviour"
)
# Files that get a run of their own: what an earlier file left in Robot's global variables would spoil them.
# 053_06 puts the context server's address before a path that 053_05 has already put it before.
ALONE = frozenset({"jsonldContext/Consumption/ServeContext/053_06.robot"})


@dataclass(frozen=True)
class Group:
    """One row of the table: its short name, its title, its folders under `TP/NGSI-LD` and how many cases they hold.

    `part_of` names the group whose cases this one repeats, so that sums do not count them twice.
    """

    name: str
    title: str
    order: int
    folders: tuple[str, ...]
    cases: int
    part_of: str = ""

    def holds(self, file: str) -> bool:
        """Whether a file, given by its path under `TP/NGSI-LD`, lies in one of the group's folders."""
        return any(file.startswith(f"{folder}/") for folder in self.folders)


GROUPS = (
    Group("common", "common behaviour", 1, ("CommonBehaviours",), 33),
    Group("entities", "entities", 1, (f"{PROVISION}/Entities",), 55),
    Group("attributes", "attributes", 1, (f"{PROVISION}/EntityAttributes",), 88),
    Group("batch", "batch operations", 1, (f"{PROVISION}/BatchEntities",), 58),
    Group("purge", "purge", 1, (f"{PROVISION}/PurgeEntities",), 8),
    Group("query", "query and retrieve", 1, (f"{CONSUMPTION}/Entity",), 190),
    Group("discovery", "types and attributes in use", 1, (f"{CONSUMPTION}/Discovery",), 14),
    Group("subscriptions", "subscriptions and notifications", 1, ("ContextInformation/Subscription",), 122),
    Group("mqtt", "of these over MQTT", 1, (f"{NOTIFYING}/MQTT",), 12, part_of="subscriptions"),
    Group(
        "temporal-provision",
        "temporal: provision",
        2,
        (f"{PROVISION}/TemporalEntity", f"{PROVISION}/TemporalEntityAttributes"),
        44,
    ),
    Group("temporal-consumption", "temporal: consumption", 2, (f"{CONSUMPTION}/TemporalEntity",), 124),
    Group("contexts", "stored @contexts", 2, ("jsonldContext",), 61),
    Group("registrations", "registrations", 3, ("ContextSource/Registration",), 30),
    Group("registration-discovery", "discovery of registrations", 3, ("ContextSource/Discovery",), 30),
    Group("distributed", "distributed operations", 3, ("DistributedOperations",), 102),
    Group(
        "registration-subscriptions",
        "subscriptions on registrations",
        4,
        ("ContextSource/RegistrationSubscription",),
        54,
    ),
)
BY_NAME = {group.name: group for group in GROUPS}


def chosen(names: str) -> tuple[Group, ...]:
    """The groups named in a comma-separated list; all when it is empty. An unknown name is a ValueError."""
    if not names.strip():
        return GROUPS
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in BY_NAME]
    if unknown:
        raise ValueError(f"no such group: {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    return tuple(group for group in GROUPS if group.name in wanted)


def group_of(file: str) -> Group | None:
    """The group a file's cases are counted in, or None for a file outside all of them."""
    return next((group for group in GROUPS if not group.part_of and group.holds(file)), None)
