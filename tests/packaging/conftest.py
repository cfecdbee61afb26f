"""One copy of the sources and its packages, for every test that only looks at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.checkouts import Built, Checkout, copied


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The packages of the sources as they are."""
    return copied(tmp_path_factory.mktemp("sources")).built(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def checkout(built: Built, tmp_path: Path) -> Checkout:
    """A copy of the same sources, to be changed."""
    return copied(tmp_path / "checkout", built.checkout.root)
