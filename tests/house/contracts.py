"""Contracts of import-linter by place: closed by default, so that no new module falls outside them.

Places and modules are patterns as a shell has them, in which * stands for any part of a name, dots too; what they match
counts with all that lies in it.
"""

import re
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

CALLS_ITSELF_PURE = re.compile(r'\A"""(?:(?!""").)*?\b[Pp]ure\b', re.DOTALL)


class _ByPlace(Contract):
    """What contracts by place share: they list each import that should not be there."""

    def _judged(self, broken: Sequence[tuple[str, ...]]) -> ContractCheck:
        return ContractCheck(kept=not broken, metadata={"broken": sorted(broken)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that should not be there, or the way to it."""
        for chain in check.metadata["broken"]:
            output.print_error(" -> ".join(chain), bold=False)


class Only(_ByPlace):
    """Nothing but the `places` may import the `modules`; a place that imports none of them is no place for long."""

    type_name = "only"
    modules = fields.ListField(subfield=fields.StringField())
    places = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return the imports from elsewhere, and the places that import none of the modules."""
        places = cast(list[str], self.places)
        modules = _matching(graph.modules, cast(list[str], self.modules))
        imports = [
            (importer, one) for one in modules for importer in graph.find_modules_that_directly_import(one)
        ]
        importers = {importer for importer, _ in imports}
        allowed = modules | _matching(importers, places)
        needless = [(one, "imports none of them") for one in places if not _matching(importers, [one])]
        return self._judged([one for one in imports if one[0] not in allowed] + needless)


class Pure(_ByPlace):
    """The `places`, and every module whose docstring calls it pure, reach none of the `impure` modules."""

    type_name = "pure"
    places = fields.ListField(subfield=fields.StringField())
    impure = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return the shortest way from each pure module to each impure one."""
        ours = {one for one in graph.modules if not graph.is_module_squashed(one)}
        pure = _matching(ours, cast(list[str], self.places)) | set(filter(calls_itself_pure, ours))
        impure = _matching(graph.modules, cast(list[str], self.impure))
        ways = (graph.find_shortest_chain(one, other) for one in pure for other in impure - {one})
        return self._judged([way for way in ways if way is not None])


def calls_itself_pure(module: str) -> bool:
    """Return whether a module's docstring says that it is pure."""
    spec = find_spec(module)
    source = Path(spec.origin).read_text(encoding="utf-8") if spec is not None and spec.origin else ""
    return CALLS_ITSELF_PURE.match(source) is not None


def _matching(names: Collection[str], patterns: list[str]) -> set[str]:
    return {
        name
        for name in names
        if any(fnmatchcase(name, one) or fnmatchcase(name, f"{one}.*") for one in patterns)
    }
