"""The broker's speed; see `rows`."""


def main() -> None:
    """Print the table."""
    # Here: the client's processes import this package too, and must not load themselves twice.
    from bench.context import rows

    rows.main()
