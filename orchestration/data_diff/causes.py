"""Why a cell differs: the file, word list, review mark or program change behind it.

Which of the sentences of ``cause_tables`` holds for a row of a table, and what of the program
changed, is decided here. The comparison itself is ``record``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from orchestration.data_diff.names import literal

NOT_KNOWN = "Not known."
# By these columns of a differing row its cause is looked up.
CAUSE_COLUMNS = ("topic", "region_code", "report_year", "path", "file_id")
# Stages whose inputs have causes of their own, or no hold on a value.
_TOLD_APART = ("lexicons", "marks", "checks")


def cause_of(columns: Collection[str], everywhere: str, program: str | None) -> tuple[str, str]:
    """The cause of a differing row as SQL: an expression and the joins it needs.

    Args:
        columns: names of the table's columns; the row is called ``cells`` and has those of
            ``CAUSE_COLUMNS`` that are among them.
        everywhere: one sentence on all changed reports, or empty.
        program: one sentence on a changed program or setting, or ``None``.

    Returns:
        The expression and the join clauses.
    """
    by_region = {"region_code", "report_year"} <= set(columns)
    by_file = "path" if "path" in columns else "file_id" if "file_id" in columns else None
    own, joins = [], []
    if by_region:
        joins.append(
            "left join cause_region_years as by_region "
            "on by_region.region_code = cells.region_code "
            "and by_region.report_year = cells.report_year"
        )
        own.append("by_region.sentence")
    if by_file:
        joins.append(
            f"left join cause_{by_file}s as by_file on by_file.{by_file} = cells.{by_file}"
        )
        # The file comes first: it may not be the one that its region and year count.
        own[:] = [f"coalesce({', '.join(['by_file.sentence', *own])})"]
    if not own and everywhere:
        own.append(literal(everywhere))
    if "topic" in columns:
        joins.append("left join cause_topics as by_topic on by_topic.topic = cells.topic")
        own.append("by_topic.sentence")
        marks = "cause_marks" if by_region else "cause_topic_marks"
        same_place = (
            " and by_mark.region_code = cells.region_code"
            " and by_mark.report_year = cells.report_year"
        )
        joins.append(
            f"left join {marks} as by_mark on by_mark.topic = cells.topic"
            + (same_place if by_region else "")
        )
        own.append("by_mark.sentence")
    last = [literal(program)] if program else []
    if by_file and everywhere:
        last.append(literal(f"Not this file's own; besides: {everywhere}"))
    last.append(literal(NOT_KNOWN))
    together = f"nullif(concat_ws(' ', {', '.join(own)}), '')" if own else "cast(null as varchar)"
    cause = f"coalesce({', '.join([together, *last])})"
    if by_region and not by_file:
        also = f" || ' ' || {literal(program)}" if program else ""
        cause = (
            "case by_region.kind when 'row' then by_region.sentence "
            f"when 'moved' then {together}{also} else {cause} end"
        )
    return cause, "\n".join(joins)


def program_change(
    before: str | None,
    inputs: Mapping[str, Any],
    describe: Callable[[str, str], str] = lambda stage, name: f"{stage} {name}",
) -> str | None:
    """What of the program or the settings differs from the last publication.

    Word lists and review marks are not told here: they have causes of their own.

    Args:
        before: ``quality.builds.inputs`` of that publication, as JSON; ``None`` where an earlier
            version wrote none.
        inputs: those of this one: values, or values by name under the stage that they belong to.
        describe: how a person would name the input of a stage.

    Returns:
        One sentence, or ``None`` where nothing differs.
    """
    try:
        last = json.loads(before or "null")
    except ValueError:
        last = None
    if not isinstance(last, dict):
        return "The program changed: an earlier version made the warehouse before."
    # As JSON would give them back: a tuple becomes a list.
    then, now = _leaves(last), _leaves(json.loads(json.dumps(dict(inputs), default=str)))
    names = [
        describe(stage, name) if stage else name
        for stage, name in sorted({*then, *now})
        if stage not in _TOLD_APART and then.get((stage, name)) != now.get((stage, name))
    ]
    listed = ", ".join(dict.fromkeys(names))
    return f"The program or its settings changed: {listed}." if listed else None


def _leaves(inputs: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for stage, value in inputs.items():
        if isinstance(value, dict):
            found |= {(stage, name): one for name, one in value.items()}
        else:
            found["", stage] = value
    return found
