"""The version that pages and exports name."""

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("songcau")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0+source"


VERSION = _installed()
