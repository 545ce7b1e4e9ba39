"""The chain, walked in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.foundation.audit.rules import (
    FINDINGS_KEPT,
    FIRST_HASH,
    Anchor,
    Fault,
    Finding,
    Record,
    Walk,
    canonical,
    sealed,
)

KEY = b"k" * 32
START = datetime(2026, 1, 1, tzinfo=UTC)
Chain = list[tuple[Record, str]]


def chain_of(length: int) -> Chain:
    chain: Chain = []
    previous = FIRST_HASH
    for sequence in range(1, length + 1):
        record = Record(
            sequence=sequence,
            at=START + timedelta(seconds=sequence),
            actor_id=UUID(int=7),
            actor_label="Nguyễn Văn A",
            action="a.b",
            subject=f"s:{sequence}",
            details_json=canonical({"n": sequence}),
            trace="t",
            previous_hash=previous,
        )
        previous = sealed(record, KEY)
        chain.append((record, previous))
    return chain


def end_of(chain: Chain) -> Anchor:
    return Anchor(chain[-1][0].sequence, chain[-1][1]) if chain else Anchor(0, FIRST_HASH)


def faults(chain: Chain, head: Anchor | None, anchor: Anchor | None = None, key: bytes = KEY) -> list[Finding]:
    return list(Walk(key, anchor).over(chain, head).findings)


@pytest.mark.parametrize("length", [0, 1, 5])
def test_a_whole_chain_has_no_fault(length: int) -> None:
    chain = chain_of(length)
    verdict = Walk(KEY).over(chain, end_of(chain))
    assert (verdict.is_whole, verdict.entries) == (True, length)


def test_an_empty_table_without_a_head_is_a_new_chain() -> None:
    assert faults([], None) == []


@given(
    place=st.integers(0, 4),
    change=st.one_of(
        st.tuples(st.just("actor_id"), st.uuids()),
        st.tuples(st.just("at"), st.datetimes(timezones=st.just(UTC))),
        *(
            st.tuples(st.just(name), st.text())
            for name in ("actor_label", "action", "subject", "details_json", "trace", "previous_hash")
        ),
    ),
)
def test_any_single_changed_field_is_found_at_its_sequence(place: int, change: tuple[str, object]) -> None:
    chain = chain_of(5)
    head = end_of(chain)
    record, stored = chain[place]
    changed = replace(record, **{change[0]: change[1]})
    if changed == record:
        return
    chain[place] = (changed, stored)
    assert Finding(place + 1, Fault.EDITED) in faults(chain, head)


@given(place=st.integers(0, 4), stored=st.text(alphabet="0123456789abcdef", min_size=64, max_size=64))
def test_a_changed_hash_is_found_at_its_sequence(place: int, stored: str) -> None:
    chain = chain_of(5)
    head = end_of(chain)
    if stored == chain[place][1]:
        return
    chain[place] = (chain[place][0], stored)
    assert Finding(place + 1, Fault.EDITED) in faults(chain, head)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), min_size=2, max_size=2, unique=True))
def test_text_moved_between_fields_changes_the_seal(pairs: list[tuple[str, str]]) -> None:
    record = chain_of(1)[0][0]
    seals = [sealed(replace(record, actor_label=label, action=action), KEY) for label, action in pairs]
    assert seals[0] != seals[1]


@pytest.mark.parametrize("place", [0, 2])
def test_a_deleted_entry_is_found_where_it_was(place: int) -> None:
    chain = chain_of(5)
    head = end_of(chain)
    del chain[place]
    assert faults(chain, head) == [Finding(place + 1, Fault.MISSING)]


@pytest.mark.parametrize("left", [0, 3])
def test_a_deleted_tail_is_found(left: int) -> None:
    chain = chain_of(5)
    assert faults(chain[:left], end_of(chain)) == [Finding(left + 1, Fault.TAIL_MISSING)]


def test_a_tail_deleted_with_the_head_is_found_by_an_anchor_only() -> None:
    chain = chain_of(5)
    anchor, cut = end_of(chain), chain[:3]
    assert faults(cut, end_of(cut)) == []
    assert faults(cut, end_of(cut), anchor) == [Finding(5, Fault.ANCHOR_DIFFERS)]
    assert faults(chain, end_of(chain), anchor) == []


def test_a_chain_written_anew_is_found_by_an_anchor() -> None:
    chain = chain_of(5)
    assert faults(chain, end_of(chain), Anchor(3, "f" * 64)) == [Finding(3, Fault.ANCHOR_DIFFERS)]


def test_swapped_entries_are_found_at_both_places() -> None:
    chain = chain_of(5)
    head = end_of(chain)
    (first, first_hash), (second, second_hash) = chain[1], chain[2]
    chain[1] = (replace(second, sequence=2), second_hash)
    chain[2] = (replace(first, sequence=3), first_hash)
    found = faults(chain, head)
    assert Finding(2, Fault.EDITED) in found
    assert Finding(3, Fault.EDITED) in found


def test_an_entry_added_behind_the_head_is_found_even_when_signed() -> None:
    chain = chain_of(5)
    assert faults(chain, end_of(chain[:4])) == [Finding(5, Fault.BEYOND_HEAD)]


@pytest.mark.parametrize("sequence", [0, -3])
def test_an_entry_before_the_first_is_found(sequence: int) -> None:
    chain = chain_of(3)
    forged = replace(chain[0][0], sequence=sequence)
    found = faults([(forged, sealed(forged, KEY)), *chain], end_of(chain))
    assert Finding(sequence, Fault.UNEXPECTED) in found


def test_an_entry_between_two_is_found() -> None:
    chain = chain_of(3)
    forged = replace(chain[1][0], sequence=2.5)  # SQLite would store it
    assert Finding(2.5, Fault.UNEXPECTED) in faults(
        [*chain[:2], (forged, sealed(forged, KEY)), chain[2]], end_of(chain)
    )
    forged = replace(chain[1][0], sequence=1.5)
    assert Finding(1.5, Fault.UNEXPECTED) in faults(
        [chain[0], (forged, sealed(forged, KEY)), *chain[1:]], end_of(chain)
    )


def test_an_entry_signed_anew_after_a_change_breaks_the_link_behind_it() -> None:
    chain = chain_of(3)
    changed = replace(chain[1][0], subject="s:other")
    chain[1] = (changed, sealed(changed, KEY))
    assert faults(chain, end_of(chain)) == [Finding(3, Fault.UNLINKED)]


def test_a_missing_or_changed_head_is_found() -> None:
    chain = chain_of(3)
    assert faults(chain, None) == [Finding(3, Fault.HEAD_MISSING)]
    assert faults(chain, Anchor(3, "f" * 64)) == [Finding(3, Fault.HEAD_DIFFERS)]


def test_another_key_is_told_from_many_edits() -> None:
    chain = chain_of(150)
    verdict = Walk(b"x" * 32).over(chain, end_of(chain))
    assert verdict.findings == (Finding(1, Fault.WRONG_KEY),)
    assert verdict.faults == 150


def test_findings_are_kept_to_a_hundred_and_all_counted() -> None:
    chain = chain_of(151)
    del chain[0]
    verdict = Walk(b"x" * 32).over(chain, end_of(chain))
    assert len(verdict.findings) == FINDINGS_KEPT
    assert verdict.faults == 151


@pytest.mark.parametrize("details", [{"a": object()}, {"a": float("inf")}, {"a": {1, 2}}])
def test_what_json_cannot_hold_is_a_type_error(details: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        canonical(details)


def test_details_do_not_depend_on_the_order_they_were_given_in() -> None:
    identifier = str(uuid4())
    assert canonical({"b": identifier, "a": "đ"}) == canonical({"a": "đ", "b": identifier})
