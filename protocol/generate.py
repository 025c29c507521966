"""Generates schema, TypeScript and docs from the Structs: `python -m protocol.generate [--check]`.

Owns the list of generated files. With `--check` nothing is written: the exit code is 1 and each
file that is missing or stale is named.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from protocol.described import field_docstrings
from protocol.samples import fill
from protocol.typescript import render
from protocol.wires import WIRES, Wire

ROOT = Path(__file__).resolve().parent.parent


def schema(wire: Wire) -> dict[str, Any]:
    """JSON Schema (2020-12) of a wire: every union and struct is an entry of `$defs`."""
    (_, components) = msgspec.json.schema_components(wire.structs(), ref_template="#/$defs/{name}")
    unions = {name: _union_schema(wire, name) for name in wire.unions}
    _describe_fields(wire, components)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Masil: {wire.name}",
        "description": (wire.module.__doc__ or "").splitlines()[0],
        "$defs": {**unions, **components},
    }


def _union_schema(wire: Wire, name: str) -> dict[str, Any]:
    return {"anyOf": [{"$ref": f"#/$defs/{cls.__name__}"} for cls in wire.messages(name)]}


def _describe_fields(wire: Wire, components: dict[str, Any]) -> None:
    """Put the docstrings of fields, which msgspec does not know, beside their types."""
    for name, component in components.items():
        cls = _class(wire, name)
        if "properties" not in component:
            continue
        for info in msgspec.structs.fields(cls):
            text = field_docstrings(cls).get(info.name)
            if text:
                component["properties"][info.encode_name]["description"] = " ".join(text.split())


def _class(wire: Wire, name: str) -> Any:
    for module in (wire.module, *(other.module for other in WIRES)):
        if hasattr(module, name):
            return getattr(module, name)
    raise LookupError(f"no module of the wire defines {name}")


def generated_files() -> dict[Path, str]:
    """The wanted content of every generated file."""
    files = {
        ROOT / "protocol" / "schema" / f"{wire.name}.json": json.dumps(
            schema(wire), indent=2, ensure_ascii=False
        )
        + "\n"
        for wire in WIRES
    }
    spoken = {"signalling", "http", "push", "account"}
    browser = [wire for wire in WIRES if wire.name in spoken]
    files[ROOT / "client" / "src" / "protocol.gen.ts"] = render(browser)
    page = ROOT / "docs" / "protocol.md"
    files[page] = fill(page.read_text(encoding="utf-8"))
    return files


def stale_files(files: dict[Path, str]) -> list[Path]:
    """Those of the files whose content on disk is not the wanted one."""
    return [
        path
        for path, content in files.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]


def main(arguments: Sequence[str]) -> int:
    """Write what is stale, or with `--check` name it. Returns the exit code."""
    files = generated_files()
    stale = stale_files(files)
    checking = "--check" in arguments
    for path in stale:
        if checking:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run make generate\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return 1 if checking and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
