"""The speed of citizens' reports; see `rows`."""


def main() -> None:
    """Print the tables."""
    from bench.reports import rows

    rows.main()
