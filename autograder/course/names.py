"""The names that a cell of Python defines, and those that it takes from elsewhere."""

from __future__ import annotations

import symtable


def names_bound(source: str) -> set[str]:
    """The names that a cell defines at its top level."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def names_used(source: str) -> set[str]:
    """The names that a cell takes from outside its functions."""
    found: set[str] = set()
    tables = [symtable.symtable(source, "cell", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {each.get_name() for each in table.get_symbols() if each.is_referenced() and (top or each.is_global())}
    return found
