"""`/subscriptions` (clauses 6.10, 6.11), and the dead letters of this broker.

Who sees everything of a tenant, or administers, sees all its subscriptions; others see those of their own token. What
an endpoint needs to let the broker in (a password, a header) is shown to the owner alone. A subscription tells its
endpoint what its owner may see: only the owner, and who may read and write everything or administer, can change it.
"""

from urllib.parse import quote

from songcau.context.api import answering
from songcau.context.api.asking import LD_JSON, PATCHES, Asked
from songcau.context.api.door import Door, after
from songcau.context.api.forms import media_of, style_of
from songcau.context.api.paging import PAGE_PARAMS, page_headers, page_of
from songcau.context.entities.values import read_uri
from songcau.context.problems import NotAllowed, ResourceNotFound
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.server.messages import Answer, Response
from songcau.context.server.routing import Router
from songcau.context.subscriptions.dead_letters import DeadLetter
from songcau.context.subscriptions.endpoints import without_secrets
from songcau.context.subscriptions.subscriptions import Entry, Subscriptions
from songcau.context.terms.contexts import Contexts
from songcau.context.terms.terms import Terms

PATH = "/ngsi-ld/v1/subscriptions"
DEAD_LETTERS = "/songcau/v1/dead-letters"
NO_PARAMS: frozenset[str] = frozenset()
ONE_PARAMS = frozenset({"options"})
LIST_PARAMS = PAGE_PARAMS | ONE_PARAMS


def add_subscription_routes(router: Router, subscriptions: Subscriptions, contexts: Contexts) -> None:
    door, resource, letters = Door(contexts), SubscriptionResource(subscriptions), DeadLetterResource(subscriptions)
    for method, path, handler in (
        ("POST", PATH, resource.create),
        ("GET", PATH, resource.all),
        ("GET", PATH + "/{id}", resource.retrieve),
        ("PATCH", PATH + "/{id}", resource.update),
        ("DELETE", PATH + "/{id}", resource.delete),
        ("GET", DEAD_LETTERS, letters.all),
        ("GET", DEAD_LETTERS + "/{id}", letters.retrieve),
        ("DELETE", DEAD_LETTERS + "/{id}", letters.forget),
        ("POST", DEAD_LETTERS + "/{id}/replay", letters.replay),
    ):
        router.add(method, path, door(handler))


class SubscriptionResource:
    """The handlers of subscriptions."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    def create(self, asked: Asked) -> Answer:
        asked.params(NO_PARAMS)
        payload, terms = asked.payload()
        entry, committed = self._subscriptions.create(asked.tenant, payload, terms, asked.terms_of, asked.by)
        location = f"{PATH}/{quote(entry.id, safe=':')}"
        return after(committed, Response(201, b"", ((b"Location", location.encode()),)))

    def all(self, asked: Asked) -> Answer:
        params = asked.params(LIST_PARAMS)
        media = media_of(asked)
        page = page_of(params)
        _, with_stamps = style_of(params)
        terms = asked.terms()
        seen = [entry for entry in self._subscriptions.of(asked.tenant) if _may_see(asked, entry)]
        shown = seen[page.offset : page.offset + page.limit]
        more = len(seen) > page.offset + page.limit
        extra = page_headers(page, PATH, asked.request.query, more=more, total=len(seen), media=LD_JSON)
        documents = [_shown(asked, entry, terms, with_stamps=with_stamps) for entry in shown]
        return answering.documents(documents, terms, media, extra=extra)

    def retrieve(self, asked: Asked, subscription_id: str) -> Answer:
        params = asked.params(ONE_PARAMS)
        media = media_of(asked)
        _, with_stamps = style_of(params)
        terms = asked.terms()
        entry = self._entry(asked, subscription_id)
        return answering.document(_shown(asked, entry, terms, with_stamps=with_stamps), terms, media)

    def update(self, asked: Asked, subscription_id: str) -> Answer:
        asked.params(NO_PARAMS)
        asked.media_type(PATCHES)
        entry = self._own(asked, subscription_id)
        fragment, terms = asked.payload(PATCHES)
        return after(self._subscriptions.update(entry, fragment, terms, asked.terms_of), answering.NO_CONTENT)

    def delete(self, asked: Asked, subscription_id: str) -> Answer:
        asked.params(NO_PARAMS)
        return after(self._subscriptions.delete(self._own(asked, subscription_id)), answering.NO_CONTENT)

    def _entry(self, asked: Asked, subscription_id: str) -> Entry:
        """Raises BadRequestData (no URI), ResourceNotFound (also for what the caller may not see)."""
        read_uri(subscription_id, "The id of the subscription")
        entry = self._subscriptions.get(asked.tenant, subscription_id)
        if not _may_see(asked, entry):
            raise ResourceNotFound(f"There is no subscription {subscription_id}")
        return entry

    def _own(self, asked: Asked, subscription_id: str) -> Entry:
        """One that the caller may change. Raises NotAllowed and what `_entry` raises."""
        entry = self._entry(asked, subscription_id)
        if not (_is_owner(asked, entry) or _may_change_all(asked.by)):
            raise NotAllowed("A subscription is changed by its owner, or by who may read and write everything")
        return entry


class DeadLetterResource:
    """Notifications that were given up: for who sees everything of the tenant; to touch them, who also writes it."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    def all(self, asked: Asked) -> Answer:
        params = asked.params(PAGE_PARAMS | {"subscription"})
        self._require_all(asked)
        page = page_of(params)
        found = list(self._subscriptions.dead_letters.of(asked.tenant, params.get("subscription")))
        shown = [_summary(letter) for letter in found[page.offset : page.offset + page.limit]]
        total = ((b"NGSILD-Results-Count", str(len(found)).encode()),)
        answer = answering.plain(shown, 200)
        return Response(200, answer.body, (*answer.headers, *total))

    def retrieve(self, asked: Asked, letter_id: str) -> Answer:
        return answering.plain(self._letter(asked, letter_id).shown(), 200)

    def forget(self, asked: Asked, letter_id: str) -> Answer:
        letter = self._letter(asked, letter_id, changes=True)
        committed = self._subscriptions.dead_letters.forget(letter.tenant, letter.id)
        return answering.NO_CONTENT if committed is None else after(committed, answering.NO_CONTENT)

    def replay(self, asked: Asked, letter_id: str) -> Answer:
        """Try it again, at once; the letter stays listed until it has arrived."""
        letter = self._letter(asked, letter_id, changes=True)
        self._subscriptions.replay(letter.tenant, letter.id)
        return Response(202)

    def _letter(self, asked: Asked, letter_id: str, *, changes: bool = False) -> DeadLetter:
        asked.params(NO_PARAMS)
        self._require_all(asked)
        if changes and not _may_change_all(asked.by):
            raise NotAllowed("Dead letters are replayed or forgotten by who may read and write everything")
        return self._subscriptions.dead_letters.get(asked.tenant, letter_id)

    @staticmethod
    def _require_all(asked: Asked) -> None:
        if not asked.by.sees_all:
            raise NotAllowed("Dead letters are for who may read everything of the tenant")


def _summary(letter: DeadLetter) -> dict[str, object]:
    return {member: value for member, value in letter.shown().items() if member != "notification"}


def _shown(asked: Asked, entry: Entry, terms: Terms, *, with_stamps: bool) -> dict[str, object]:
    document = entry.shown(terms, with_stamps=with_stamps)
    return document if _is_owner(asked, entry) else without_secrets(document)


def _is_owner(asked: Asked, entry: Entry) -> bool:
    """By the token, not by its label: two tokens may have one label and not the same rights."""
    return asked.by is EVERYTHING or (asked.by.token or "") == entry.record.token != ""


def _may_see(asked: Asked, entry: Entry) -> bool:
    return asked.by.sees_all or asked.by.may_administer or _is_owner(asked, entry)


def _may_change_all(by: Caller) -> bool:
    return by.may_administer or (by.sees_all and by.writes_all)
