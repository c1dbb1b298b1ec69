"""`type(f)` in a plain test cell: of a function of the student's it is Python's own class, as it would be there."""

from __future__ import annotations

import ast
from typing import Any

from autograder.examine import standins

NAME = "kind of"  # in the namespace of a test; no code can write this name


class Kinds(ast.NodeTransformer):
    """Asks `kind_of` where code asks `type` of one thing."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) == 1 and not node.keywords:
            node.func = ast.copy_location(ast.Name(NAME, ast.Load()), node.func)
        return node


def ask_kinds(module: ast.Module) -> ast.Module:
    return Kinds().visit(module)


def kind_of(thing: Any) -> type:
    """The class of a thing. Of what stands for a function that is Python's own, which does no harm when called."""
    own = type(thing)
    if type(own) is standins.Standing and own.__module__ == "builtins":
        return standins.library_class("builtins", own.__name__) or own
    return own
