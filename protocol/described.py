"""Reads the docstrings that Python forgets: those below the fields of a class and of an Enum.

Used when schema and TypeScript are generated, never while the service runs.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise


def own_docstring(cls: type) -> str:
    """The docstring written in the class itself, without what it inherits; '' if none."""
    return inspect.cleandoc(cls.__dict__.get("__doc__") or "")


@cache
def field_docstrings(cls: type) -> dict[str, str]:
    """The string below each field (`name: type`) or member (`NAME = value`) of a class."""
    body = _classes(cls.__module__)[cls.__name__].body
    found: dict[str, str] = {}
    for statement, following in pairwise(body):
        name = _assigned_name(statement)
        text = _string(following)
        if name and text:
            found[name] = inspect.cleandoc(text)
    return found


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _assigned_name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _string(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        value = statement.value.value
        return value if isinstance(value, str) else ""
    return ""
