"""Which functions carry a module, a data file or a distribution, and by which chain of imports."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import canonicalize_name

from scripts.catalogue import ROOT
from scripts.packaging.distributions import Pins
from scripts.packaging.imports import Imported, NotPackaged
from scripts.packaging.package import REQUIREMENTS, Package
from scripts.packaging.tree import Tree


def why(asked: str, packages: Mapping[str, Package]) -> dict[str, list[str]]:
    """For each function that carries it the chain from the function's own module to it.

    What is asked for is a module (`shared.policy.slots`), a path (`shared/policy/slots.py`), a module from
    outside (`google.cloud.firestore`) or a distribution (`google-cloud-firestore`). Errors: NotPackaged, when it
    is none of these.
    """
    wanted = _carried_names(asked)
    found: dict[str, list[str]] = {}
    for name, package in packages.items():
        if chains := [chain for one in wanted if (chain := package.chain(one))]:
            found[name] = min(chains, key=len)
    return found


def _carried_names(asked: str) -> frozenset[str]:
    tree, pins = Tree(), Pins(ROOT / REQUIREMENTS)
    path = asked.removeprefix("./")
    if (ROOT / path) in tree.carriers:
        return frozenset({path})
    module = path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
    if module in tree.modules:
        return frozenset({module})
    if asked in pins:
        return frozenset({canonicalize_name(asked)})
    try:
        owners = pins.owners(Imported(asked))
    except NotPackaged:
        owners = frozenset[str]()
    if not owners:
        raise NotPackaged(
            f"{asked} is no module or data file of shared/, and no pinned distribution provides it"
        )
    return owners
