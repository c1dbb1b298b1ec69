"""The names that a cell of Python defines, and those that it takes from elsewhere. No Python has no names."""

from __future__ import annotations

import symtable

from autograder.course.magics import plain_python


def names_bound(source: str) -> set[str]:
    """The names that a cell defines at its top level."""
    table = table_of(source)
    symbols = table.get_symbols() if table else ()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def names_used(source: str) -> set[str]:
    """The names that a cell takes from outside its functions."""
    found: set[str] = set()
    table = table_of(source)
    tables = [table] if table else []
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {each.get_name() for each in table.get_symbols() if each.is_referenced() and (top or each.is_global())}
    return found


def table_of(source: str) -> symtable.SymbolTable | None:
    try:
        return symtable.symtable(plain_python(source), "cell", "exec")
    except (SyntaxError, ValueError):
        return None
