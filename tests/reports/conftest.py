"""How much of the register is sent."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--register-every", type=int, default=20, help="send every n-th request of the register")
