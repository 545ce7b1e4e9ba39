"""Which handler answers a method and a path."""

from songcau.context.problems import BadRequestData, MethodNotAllowed, ResourceNotFound
from songcau.context.server.answers import problem_answer
from songcau.context.server.messages import Handler, Request, Response, percent_decoded

Arguments = tuple[str, ...]
# The longest span that is told apart: 2 ** 25 microseconds, half a minute.
LAST_SPAN = 26


class Route:
    """A handler under a template, and what was measured of it.

    is_open: answered without asking who calls. counts: answers by status. spans: answers by duration, in buckets whose
    upper bounds are powers of two of a microsecond.
    """

    __slots__ = ("counts", "handler", "is_open", "method", "seconds", "spans", "template")

    def __init__(self, method: str, template: str, handler: Handler, *, is_open: bool = False) -> None:
        self.method = method
        self.template = template
        self.handler = handler
        self.is_open = is_open
        self.counts: dict[int, int] = {}
        self.spans = [0] * (LAST_SPAN + 1)
        self.seconds = 0.0

    def measured(self, status: int, span: float) -> None:
        """Count one answer; `span` in seconds."""
        counts = self.counts
        counts[status] = counts.get(status, 0) + 1
        self.seconds += span
        self.spans[min(int(span * 1e6).bit_length(), LAST_SPAN)] += 1


class _Node:
    """A place in the tree of segments."""

    __slots__ = ("any_below", "below", "rest", "routes")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.any_below: _Node | None = None
        self.routes: dict[str, Route] = {}
        self.rest: Route | None = None  # answers methods that the address does not take


class Router:
    """Routes as a tree of path segments. A literal segment goes before a `{name}`; there is no going back.

    A trailing slash is accepted; a template that ends with one answers that form of the address alone. Empty segments
    within a path are not dropped: `/entities//attrs` has an entity without id.
    """

    def __init__(self) -> None:
        self._root = _Node()
        self.routes: list[Route] = []
        self.unknown = Route("", "unknown", _nothing_here, is_open=True)
        self.routes.append(self.unknown)

    def add(self, method: str, template: str, handler: Handler, *, is_open: bool = False) -> None:
        """Let `handler` answer. It is called with the request and one decoded argument for each `{name}`."""
        node = self._root
        for segment in template.split("/")[1:]:
            if segment.startswith("{"):
                node.any_below = node.any_below or _Node()
                node = node.any_below
            else:
                node = node.below.setdefault(segment, _Node())
        route = Route(method, template, handler, is_open=is_open)
        node.routes[method] = route
        self.routes.append(route)
        if method == "GET":
            node.routes.setdefault("HEAD", route)
        if node.rest:
            self.routes.remove(node.rest)
        node.rest = _other_methods(template, node.routes)
        self.routes.append(node.rest)

    def find(self, method: str, path: str) -> tuple[Route, Arguments]:
        """The route, and the arguments in the order of the template. Raises BadRequestData for bad escapes."""
        node = self._root
        arguments: Arguments = ()
        segments = path.split("/")
        last = len(segments) - 1
        for place in range(1, last + 1):
            segment = segments[place]
            if not segment and place == last:
                slash = node.below.get("")
                if slash is not None and method in slash.routes:
                    node = slash
                break
            below = node.below.get(segment) if segment else None
            if below is None:
                below = node.any_below
                if below is None:
                    return self.unknown, ()
                arguments += (percent_decoded(segment) if "%" in segment else segment,)
            node = below
        route = node.routes.get(method) or node.rest
        return (route, arguments) if route else (self.unknown, ())


def _nothing_here(request: Request, *_arguments: str) -> Response:
    if not request.path.startswith("/"):
        raise BadRequestData("The address of a request begins with a slash.")
    raise ResourceNotFound("There is nothing at this address.")


def _other_methods(template: str, routes: dict[str, Route]) -> Route:
    """OPTIONS is answered with what there is, every other method refused."""
    allowed = ", ".join(sorted({*routes, "OPTIONS"})).encode()

    def rest(request: Request, *_arguments: str) -> Response:
        if request.method == "OPTIONS":
            return Response(204, b"", ((b"Allow", allowed),))
        refused = problem_answer(MethodNotAllowed(f"The address takes {allowed.decode()}."))
        return Response(refused.status, refused.body, (*refused.headers, (b"Allow", allowed)))

    return Route("other", template, rest, is_open=True)
