"""By which columns a row of a table is the same row in the next build, read from dbt's manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TEST = "unique_grain"


@dataclass(frozen=True)
class Grain:
    """How rows of one table are paired.

    Attributes:
        key: columns that name a row; empty pairs rows by all their columns.
        ignore: columns that are not compared, such as an identifier made from a file's path.
    """

    key: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def read_grains(manifest: Path) -> dict[str, Grain]:
    """The grain of every dbt table, by ``schema.table``.

    It is the model's ``unique_grain`` test that names the columns. ``config.meta.diff_key`` of the
    model replaces them where that test names something that a mere move of a file changes;
    ``config.meta.diff_ignore`` lists columns to leave out.

    Args:
        manifest: dbt's ``manifest.json``.

    Raises:
        RuntimeError: the file is missing or no manifest.
    """
    try:
        nodes: Mapping[str, Mapping[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))[
            "nodes"
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RuntimeError(
            f"{manifest} cannot be read as dbt's manifest ({type(error).__name__}); "
            "run `xinku build` again."
        ) from error
    tested: dict[str, tuple[str, ...]] = {}
    for node in nodes.values():
        test = node.get("test_metadata") or {}
        if test.get("name") == _TEST and node.get("attached_node"):
            tested[node["attached_node"]] = tuple(test["kwargs"]["columns"])
    grains = {}
    for name, node in nodes.items():
        if node.get("resource_type") not in ("model", "seed"):
            continue
        meta = (node.get("config") or {}).get("meta") or {}
        key = tuple(meta.get("diff_key") or tested.get(name, ()))
        relation = f"{node['schema']}.{node.get('alias') or node['name']}"
        grains[relation] = Grain(key, tuple(meta.get("diff_ignore") or ()))
    return grains
