import pytest

from tools.conformance.groups import GROUPS, chosen, group_of


def test_the_groups_hold_every_case_of_the_suite_once() -> None:
    by_order = {
        order: sum(group.cases for group in GROUPS if group.order == order and not group.part_of)
        for order in (1, 2, 3, 4)
    }
    assert by_order == {1: 568, 2: 229, 3: 162, 4: 54}


def test_all_groups_are_meant_when_none_is_named() -> None:
    assert chosen(" ") == GROUPS


def test_groups_are_named_with_commas_and_come_in_the_order_of_the_table() -> None:
    assert [group.name for group in chosen("purge, common")] == ["common", "purge"]


def test_an_unknown_group_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match=r"no such group: entity; there are common, entities"):
        chosen("entity,purge")


def test_a_file_belongs_to_one_group() -> None:
    attributes = group_of("ContextInformation/Provision/EntityAttributes/AppendEntityAttributes/010_01.robot")
    mqtt = group_of("ContextInformation/Subscription/SubscriptionNotificationBehaviour/MQTT/058_01.robot")
    assert attributes is not None
    assert attributes.name == "attributes"
    assert mqtt is not None
    assert mqtt.name == "subscriptions"
    assert group_of("Interoperability/x.robot") is None
