"""The broker as a process: put together, started, stopped in order."""

import asyncio
import errno
import gc
import logging
import math
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from songcau.context import geometry_library
from songcau.context.api.events import add_event_routes
from songcau.context.api.notifying import PresentState
from songcau.context.api.routes import add_entity_routes
from songcau.context.api.stored_contexts import add_context_routes
from songcau.context.api.subscriptions import add_subscription_routes
from songcau.context.api.temporal_routes import MOST_INSTANCES, add_temporal_routes
from songcau.context.api.tokens import add_token_routes
from songcau.context.broker.broker import Broker
from songcau.context.broker.histories import Histories
from songcau.context.broker.retaining import retain
from songcau.context.journal.journal import Journal
from songcau.context.journal.retention import Retention, RetentionUnreadable, retention_in
from songcau.context.journal.store import StoreError
from songcau.context.journal.stores import store_at
from songcau.context.problems import Problem
from songcau.context.quality.examining import ExpectationsUnreadable, Quality, expectations_in
from songcau.context.quality.flags import FLAGS_NAME
from songcau.context.rights.caller import EVERYTHING
from songcau.context.rights.doors import GuardedDoor, OpenDoor, is_loopback
from songcau.context.rights.grants import GrantKey, UnusableKey
from songcau.context.rights.tokens import Tokens
from songcau.context.server.health import Health
from songcau.context.server.limits import Limits
from songcau.context.server.routing import Router
from songcau.context.server.service import Service
from songcau.context.server.shared import Identify
from songcau.context.stream.streams import Streams
from songcau.context.subscriptions.carrying import Carriers
from songcau.context.subscriptions.subscription import Owner
from songcau.context.subscriptions.subscriptions import Subscriptions
from songcau.context.subscriptions.telling import Parts
from songcau.context.terms.contexts import Contexts
from songcau.context.terms.folder import UnusableFolder
from songcau.context.terms.loading import Loader
from songcau.context.terms.terms import CORE

log = logging.getLogger("songcau.context")

GRANTS_KEY = "grants.key"
EXPECTATIONS = "quality.json"
RETENTION = "retention.json"
CONTEXT = "context"  # the kind of document that a stored @context is
TOKEN = "token"  # noqa: S105  # the kind of document
_STOP_SECONDS = 8.0
# Objects made before the youngest are looked at, and how often that before the older ones are, and the oldest. Nobody
# is served meanwhile: so few at once that it takes milliseconds, and what has stayed that long is looked at once more.
_COLLECTED_AFTER = (10_000, 20, 1_000)
_WHY_NOT = {
    errno.EADDRINUSE: "another program listens there",
    errno.EACCES: "this user may not listen there",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


class CannotStart(Exception):
    """Why the broker does not start, in words for the person who starts it."""


@dataclass(frozen=True, slots=True)
class Options:
    """How one broker is run. At least one of `port` and `socket` is given; port 0 takes a free one.

    data: the folder of the journal, made when it is not there. store: the address of a database that keeps the journal
    instead.

    contexts: a folder of @contexts to preload. origins: web pages that may call from elsewhere. is_private_closed:
    notifications do not go to loopback and private addresses, and no @context is fetched there. public_url: where
    clients reach this broker, when that is not where it listens. has_quality: doubts about observations are said beside
    them, and those that come late stay out of the present state. instances_in_an_answer: a longer history is cut to a
    range of time.
    """

    data: Path
    store: str = ""
    host: str = "127.0.0.1"
    port: int | None = None
    socket: Path | None = None
    has_auth: bool = False
    contexts: Path | None = None
    origins: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    has_access_log: bool = False
    public_url: str = ""
    is_private_closed: bool = False
    has_quality: bool = False
    instances_in_an_answer: int = MOST_INSTANCES
    limits: Limits = field(default_factory=Limits)


async def run(options: Options, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `ready` is told once where. Raises CannotStart."""
    loop = asyncio.get_running_loop()
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    async with AsyncExitStack() as stack:
        ready(await start(options, stack))
        await told_to_stop.wait()


async def start(options: Options, stack: AsyncExitStack) -> str:
    """Put the broker together and listen; `stack` ends it in order. Returns where it answers. Raises CannotStart."""
    await _check(options)
    # Nothing of what a start reads is a cycle: looking for some took a second of a start with 100,000 entities.
    gc.disable()
    stack.callback(gc.enable)
    stack.callback(gc.set_threshold, *gc.get_threshold())
    tls = _tls(options)
    quality = _quality(options)
    contexts = _contexts(options)
    contexts.base = options.public_url or _address(options, options.port or 0)
    stack.push_async_callback(contexts.close)
    journal = await _opened(options.data, options.store)
    stack.push_async_callback(journal.close)
    _retain(options, journal, stack)
    router = Router()
    tokens = _tokens(journal)
    add_token_routes(router, tokens, CORE.expand, contexts)
    door = _door(options, tokens)
    broker = Broker(journal, loop=asyncio.get_running_loop(), quality=quality)
    add_entity_routes(router, broker, contexts)
    add_temporal_routes(router, Histories(broker, journal), contexts, most=options.instances_in_an_answer)
    _add_contexts(router, journal, contexts, stack)
    for tenant, entities in journal.recovered.items():
        broker.load(tenant, entities.values())
    journal.recovered.clear()
    subscriptions = Subscriptions(_parts(options, journal, broker), contexts, _owners(options, tokens))
    stack.push_async_callback(subscriptions.stop)
    await _tell(subscriptions, broker, tokens)
    _load_geometry(broker, subscriptions, stack)
    add_subscription_routes(router, subscriptions, contexts)
    streams = _add_streams(router, journal, broker, contexts, door)
    tokens.when_ended(streams.check_rights)
    stack.push_async_callback(streams.stop)
    limits = options.limits.that_fit()
    if limits.connections < options.limits.connections:
        log.warning("the system allows this process %d connections only (ulimit -n)", limits.connections)
    service = Service(router, door, limits=limits, origins=options.origins, has_access_log=options.has_access_log)
    stack.push_async_callback(service.stop, _STOP_SECONDS)
    _add_health(service, journal, broker, subscriptions, streams)
    _spare_the_collector()
    where = await _listen(options, service, tls)
    contexts.base = options.public_url or (where[-1] if options.port is not None else "")
    return " and ".join(where)


async def _tell(subscriptions: Subscriptions, broker: Broker, tokens: Tokens) -> None:
    """Take up the subscriptions that the journal kept, and tell them of changes from now on."""
    await subscriptions.open()
    tokens.when_ended(subscriptions.owners_ended)
    broker.on_changes(subscriptions.changed)


def _load_geometry(broker: Broker, subscriptions: Subscriptions, stack: AsyncExitStack) -> None:
    """Beside what follows, if what was found at the start may need it: the first who asks should not wait for it."""
    if subscriptions.ask_of_places or any(broker.state(tenant).has_shapes for tenant in broker.tenants()):
        loading = asyncio.create_task(geometry_library.load())
        stack.callback(loading.cancel)


def _add_contexts(router: Router, journal: Journal, contexts: Contexts, stack: AsyncExitStack) -> None:
    """Let clients store @contexts; what was fetched is looked at again now and then."""
    add_context_routes(router, contexts)
    contexts.keep_by(
        lambda name, document: journal.put_document(CONTEXT, "", name, document),
        {name: document for _, name, document in journal.documents(CONTEXT)},
    )
    looking = asyncio.create_task(contexts.stay_fresh())
    stack.callback(looking.cancel)


def _add_streams(router: Router, journal: Journal, broker: Broker, contexts: Contexts, door: Identify) -> Streams:
    """Let browsers follow."""
    loop = asyncio.get_running_loop()
    streams = Streams(loop, past=lambda: journal.past(broker.find), head=journal.head, identify=door)
    broker.on_changes(streams.changed)
    add_event_routes(router, streams, contexts)
    return streams


def _spare_the_collector() -> None:
    """What was read at the start stays: the collector of cycles need not walk through it again and again.

    Nor should it look at every entity that comes since: that was a fifth of the time of a batch that creates many.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)
    gc.enable()


def _parts(options: Options, journal: Journal, broker: Broker) -> Parts:
    """What subscriptions are put together from."""
    loop = asyncio.get_running_loop()
    present = PresentState(broker)
    carriers = Carriers(loop, allow_private=not options.is_private_closed)
    return Parts(loop, journal, present, carriers, present.join)


def _owners(options: Options, tokens: Tokens) -> Callable[[str], Owner | None]:
    """Whose a subscription is: the owner of its token, or anybody in a broker without tokens."""
    anybody = None if options.has_auth else (EVERYTHING, math.inf)
    return lambda token: tokens.owner(token) if token else anybody


def _contexts(options: Options) -> Contexts:
    try:
        return Contexts(options.contexts, loader=Loader(allow_private=not options.is_private_closed))
    except (UnusableFolder, OSError) as error:
        raise CannotStart(f"the @contexts in {options.contexts} cannot be used: {error}") from error


def _retain(options: Options, journal: Journal, stack: AsyncExitStack) -> None:
    """Let histories grow old, by the file `retention.json` of the data folder if there is one. Raises CannotStart."""
    file = options.data / RETENTION
    try:
        retention = retention_in(file, CORE.expand) if file.exists() else Retention()
    except (RetentionUnreadable, Problem) as error:
        raise CannotStart(f"how long histories are kept cannot be read: {error}") from error
    retaining = asyncio.create_task(retain(journal, retention))
    stack.callback(retaining.cancel)


def _quality(options: Options) -> Quality | None:
    """Who judges observations, by the file `quality.json` of the data folder if there is one. Raises CannotStart."""
    if not options.has_quality:
        return None
    file = options.data / EXPECTATIONS
    try:
        expectations = expectations_in(file, CORE.expand) if file.exists() else {}
    except (ExpectationsUnreadable, Problem, OSError) as error:
        raise CannotStart(f"what is expected of observations cannot be read: {error}") from error
    return Quality(FLAGS_NAME, expectations)


def _add_health(
    service: Service, journal: Journal, broker: Broker, subscriptions: Subscriptions, streams: Streams
) -> None:
    health = Health(service, lambda: "" if journal.healthy else "the journal cannot write")
    health.add(
        "entities",
        "gauge",
        "Entities of all tenants.",
        lambda: sum(len(broker.state(tenant).entities) for tenant in broker.tenants()),
    )
    health.add("followers", "gauge", "Clients that follow by server-sent events.", lambda: streams.count)
    for measure in subscriptions.measures():
        health.add(*measure)


@asynccontextmanager
async def stored_tokens(data: Path, store: str = "") -> AsyncIterator[Tokens]:
    """The tokens in a data folder, or a store, in which no broker works now. Raises CannotStart."""
    journal = await _opened(data, store)
    try:
        yield _tokens(journal)
    finally:
        await journal.close()


async def _opened(data: Path, store: str) -> Journal:
    try:
        journal = Journal(data, store=store_at(store, data))
        await journal.open()
    except (StoreError, OSError) as error:
        raise CannotStart(str(error)) from error
    return journal


def _tokens(journal: Journal) -> Tokens:
    return Tokens(
        (document for _, _, document in journal.documents(TOKEN)),
        lambda name, document: journal.put_document(TOKEN, "", name, document),
    )


def _door(options: Options, tokens: Tokens) -> Identify:
    """Who may come in. Raises CannotStart."""
    if not options.has_auth:
        return OpenDoor(options.origins).identify
    try:
        return GuardedDoor(tokens, GrantKey.of(options.data / GRANTS_KEY)).identify
    except (UnusableKey, OSError) as error:
        raise CannotStart(f"the key of the grants cannot be used: {error}") from error


async def _check(options: Options) -> None:
    """Refuse to open a broker without tokens to other machines."""
    if options.port is None and options.socket is None:
        raise CannotStart("give a port or a socket to listen on")
    if options.port is None or options.has_auth:
        return
    try:
        found = await asyncio.get_running_loop().getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CannotStart(f"{options.host} is no address of this machine: {error.strerror}") from error
    if not all(is_loopback(str(address[0])) for *_, address in found):
        raise CannotStart(
            f"{options.host} can be reached from other machines: without --auth everybody there could change "
            "everything. Use --auth and tokens, or --host 127.0.0.1."
        )


def _tls(options: Options) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(options.certificate, options.key)
    except (OSError, ssl.SSLError) as error:
        raise CannotStart(f"the certificate {options.certificate} cannot be used: {error}") from error
    return context


async def _listen(options: Options, service: Service, tls: ssl.SSLContext | None) -> list[str]:
    where = []
    if options.socket is not None:
        try:
            await service.listen_at(options.socket)
        except OSError as error:
            raise CannotStart(f"cannot listen at {options.socket}: {_why(error)}") from error
        where.append(str(options.socket))
    if options.port is not None:
        try:
            port = await service.listen(options.host, options.port, tls)
        except OSError as error:
            raise CannotStart(f"cannot listen on {options.host}, port {options.port}: {_why(error)}") from error
        where.append(_address(options, port))
    return where


def _address(options: Options, port: int) -> str:
    """Where clients reach a port of the broker."""
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"{'http' if options.certificate is None else 'https'}://{host}:{port}"


def _why(error: OSError) -> str:
    return _WHY_NOT.get(error.errno or 0) or error.strerror or str(error)
