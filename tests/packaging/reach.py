"""What a function reaches, found without the packager: by reading imports and looking for files."""

from __future__ import annotations

import ast
from pathlib import Path


def files_reached(root: Path, source: Path) -> set[str]:
    """The files of shared/ that importing a function's file may load, relative to the root."""
    found: set[str] = set()
    waiting = [source]
    while waiting:
        for name in _imports(ast.parse(waiting.pop().read_text())):
            if name.split(".")[0] != "shared":
                continue
            parts = name.split(".")
            for length in range(1, len(parts) + 1):
                path = root.joinpath(*parts[:length])
                for file in (path.with_suffix(".py"), path / "__init__.py"):
                    relative = file.relative_to(root).as_posix()
                    if file.is_file() and relative not in found:
                        found.add(relative)
                        waiting.append(file)
    return found


def _imports(node: ast.AST) -> set[str]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return set().union(*map(_imports, node.orelse))
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {f"{node.module}.{alias.name}" for alias in node.names}
    return set().union(*map(_imports, ast.iter_child_nodes(node)))
