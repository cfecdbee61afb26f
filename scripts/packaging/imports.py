"""What a module's text imports from outside of this repository, and which files it names."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

OURS = frozenset({"functions", "shared"})


class NotPackaged(ValueError):
    """Something that would be missing or wrong when deployed: where it stands, and what to do about it."""


@dataclass(frozen=True)
class Imported:
    """`import module` or `from module import name`; a name may be a module or something in one."""

    module: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


@dataclass(frozen=True)
class Read:
    """One module's text, read."""

    imported: frozenset[Imported]
    """From outside, also inside functions, but not for type checking alone."""
    words: frozenset[str]
    """Every string in it, for the names of files that it opens."""
    imports_by_name: bool
    """Whether it imports what only a running program knows, which no import graph can follow."""


@lru_cache(maxsize=4096)
def read(text: str) -> Read:
    """Read a module's text. Errors: SyntaxError."""
    imported: set[Imported] = set()
    words: set[str] = set()
    by_name = False
    nodes: list[ast.AST] = [ast.parse(text)]
    while nodes:
        node = nodes.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                nodes.extend(node.orelse)
                continue
            case ast.Import():
                imported |= {Imported(alias.name) for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                imported |= {Imported(module, alias.name) for alias in node.names}
            case ast.Constant(value=str(word)):
                words.add(word)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module")
            ):
                by_name = True
            case _:
                pass
        nodes.extend(ast.iter_child_nodes(node))
    outside = {one for one in imported if one.module.split(".")[0] not in OURS}
    return Read(frozenset(outside), frozenset(words), by_name)
