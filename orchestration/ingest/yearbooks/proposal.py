"""Proposes a layout profile for a file that no profile knows, to be reviewed by a person.

The profile is YAML with what was found, and a TODO wherever a name or a unit is not known; it is
usable as it stands, so that what it would read can be shown. Evidence is gathered in ``discovery``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestration.ingest.regions import RegionTable
from orchestration.ingest.yearbooks.discovery import FoundColumn, Layout, discover
from orchestration.ingest.yearbooks.extraction import UNKNOWN, page_title, read_workbook
from orchestration.ingest.yearbooks.indicators import IndicatorTable
from orchestration.ingest.yearbooks.observation import Observation, SheetProblem
from orchestration.ingest.yearbooks.profile import Profile, read_profile
from orchestration.ingest.yearbooks.workbook import read_sheets

# Of a wide table, every column is in the profile; of its match, these are enough to know it again.
_MATCHED_COLUMNS = 3


@dataclass(frozen=True)
class Proposal:
    """A profile for one file, and what it would read.

    Attributes:
        profile_yaml: the profile; empty where there is nothing to propose.
        confidence: from 0 to 1: the share of rows, columns, years and units that were understood.
        reasons: what was found and where, a sentence each.
        observations: what the profile reads of the file as it stands.
        problems: what it does not.
        known_by: profiles that know the file already, if any; then nothing is proposed.
    """

    profile_yaml: str = ""
    confidence: float = 0.0
    reasons: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()
    problems: tuple[SheetProblem, ...] = ()
    known_by: tuple[str, ...] = ()


def propose(
    data: bytes,
    path: str,
    regions: RegionTable,
    profiles: Sequence[Profile],
    indicators: IndicatorTable | None = None,
) -> Proposal:
    """Propose a profile for a yearbook file.

    Args:
        data: the whole file.
        path: its path or name.
        regions: the region table.
        profiles: the profiles there are; one that reads the file is named instead.
        indicators: the table of indicators; that of the seeds where not given.
    """
    table = indicators or IndicatorTable.from_seeds()
    workbook = read_sheets(data, path.rsplit("/", 1)[-1])
    if not workbook.readable:
        return Proposal(problems=workbook.problems)
    known = read_workbook(workbook, data, path, regions, profiles, table)
    if known.observations:
        names = tuple(sorted({one.profile for one in known.observations}))
        reasons = (f"The file is known already, by {', '.join(names)}.",)
        return Proposal("", 1.0, reasons, known.observations, known.problems, names)
    title = page_title(data, workbook.encoding) if workbook.format == "html" else ""
    shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
    layout = discover(shown, path, title, regions, table)
    if layout is None:
        problem = SheetProblem(
            "",
            "No column of the file names three regions or more, so that no layout can be proposed.",
            "Give the table a column of region names, headed 地区.",
        )
        return Proposal(problems=(problem, *known.problems))
    text = render(layout)
    read = read_workbook(workbook, data, path, regions, [read_profile(text)], table)
    problems = (*_of_profiles_there_are(known.problems, read.problems), *read.problems)
    return Proposal(text, confidence(layout), reasons_of(layout), read.observations, problems)


def _of_profiles_there_are(
    known: Sequence[SheetProblem], proposed: Sequence[SheetProblem]
) -> list[SheetProblem]:
    """Why a profile that knows the file reads nothing of it; that none knows it is no news."""
    told = {(problem.locator, problem.reason) for problem in proposed}
    return [
        replace(problem, fatal=False)
        for problem in known
        if problem.reason != UNKNOWN.reason and (problem.locator, problem.reason) not in told
    ]


def confidence(layout: Layout) -> float:
    """How much of a layout was understood, from 0 to 1.

    The four things that make a number usable weigh alike: its region, its indicator, its year and
    its unit. Each counts by the share of rows or columns of which it is known.
    """
    columns = layout.columns
    rows = layout.resolved / layout.labelled if layout.labelled else 0.0
    if "value" in layout.roles:
        named = united = 1.0 if "unit" in layout.roles else 0.5
    elif columns:
        named = sum(_is_named(one, layout) for one in columns) / len(columns)
        united = sum(one.unit is not None or layout.stated is not None for one in columns)
        united /= len(columns)
        united = max(united, 1.0 if "unit" in layout.roles else 0.0)
    else:
        named = united = 0.0
    dated = {"": 0.0, "file_name": 0.5}.get(layout.year_from, 1.0)
    return round((rows + named + united + dated) / 4, 2)


def reasons_of(layout: Layout) -> tuple[str, ...]:
    """What was found, a sentence each."""
    table = layout.table
    sheet = f" of sheet {table.sheet.name[:60]!r}" if table.sheet.name else ""
    heading = f"headed {layout.region_header!r}" if layout.region_header else "without a heading"
    told = [
        f"Regions stand in column {table.label_column + 1}{sheet}, {heading}; "
        f"{layout.resolved} of {layout.labelled} rows name a {layout.level}, the nation or a sum.",
        f"The header is in rows {table.top + 1} to {table.bottom + 1}.",
    ]
    years = {
        "column": f"Years stand in the column {layout.roles.get('year', '')!r}.",
        "header": "Years head the columns.",
        "title": "The year stands in the title.",
        "page": "The year stands in the title of the page.",
        "file_name": "Only the name of the file has a year; write it into the table if you can.",
        "": "No year was found; give it in the profile.",
    }
    told.append(years[layout.year_from])
    known = [one for one in layout.columns if one.indicator is not None]
    unknown = [one for one in layout.columns if not _is_named(one, layout)]
    if known:
        told.append(f"{len(known)} of {len(layout.columns)} columns of numbers have known names.")
    if layout.title_indicator is not None and any(not one.names for one in layout.columns):
        told.append(f"The title names {layout.title_indicator.name_zh}; check that it is meant.")
    if unknown:
        told.append(f"{len(unknown)} columns have names that nobody knows: fill in the TODOs.")
    if layout.stated is not None:
        told.append(f"The unit {layout.stated.name} is stated above the table.")
    return tuple(told)


def render(layout: Layout) -> str:
    """The proposed profile as YAML, with a TODO for everything that a person must say."""
    lines = [
        "# Proposed by `xinku profile`. Review each line, fill in the TODOs, put the file into",
        "# the folder profiles/ of the landing zone.",
        f"name: {_name(layout)}",
        f"title: {_quoted(layout.title or 'TODO: what the table is')}",
        "source:",
        '  producer: ""  # TODO: who published it',
        '  publication: ""  # TODO: in what, which table',
        "match:",
        f"  title: {_list([layout.title] if layout.title else [])}",
        f"  header: {_list(_matched(layout))}",
    ]
    if not layout.region_header:
        lines.append(f"  cells: {_list(_first_labels(layout))}")
    lines.append("region:")
    if layout.region_header:
        lines.append(f"  header: {_list([layout.region_header])}")
    else:
        lines.append("  by_content: true")
    lines += [f"  level: {layout.level}", f"year: {_list(_year_sources(layout))}"]
    if not layout.year_from:
        lines.append("# given: {year: 2019}  # TODO: the file names no year")
    if layout.roles:
        lines.append("columns:")
        lines += [f"  {role}: {_list([text])}" for role, text in layout.roles.items()]
    lines += _indicator_lines(layout)
    lines += ["other_columns: problem" if layout.columns else "other_columns: lookup"]
    lines += ["vintage: [column, edition, accessed, year_after]", ""]
    return "\n".join(lines)


def _indicator_lines(layout: Layout) -> list[str]:
    named: dict[str, FoundColumn] = {}
    for column in layout.columns:
        if column.names:
            named.setdefault("/".join(column.names), column)
    lines = ["indicators:"] if named else []
    for name, column in named.items():
        note = ""
        code = column.indicator.code if column.indicator else "-"
        if column.indicator is None:
            near = f"; nearest {', '.join(column.nearest)}" if column.nearest else ""
            note = f"  # TODO: code of indicators.csv, or a new one such as {_slug(column)}{near}"
        entry = f"  - {{header: {_quoted(name)}, code: {_quoted(code)}"
        if column.unit is None and layout.stated is None and "unit" not in layout.roles:
            unit = column.indicator.unit if column.indicator else ""
            guess = f", such as {unit}" if unit else ""
            note += f"  # TODO: unit: …{guess} (the file prints none)"
        lines.append(f"{entry}}}{note}".replace("\n", " "))
    if any(not column.names for column in layout.columns) and "indicator" not in layout.roles:
        if layout.title_indicator is not None:
            code = layout.title_indicator.code
            lines.append(f"indicator: {code}  # TODO: check; the title names it")
        else:
            lines.append("# indicator: …  # TODO: the one indicator of the table")
    return lines


def _year_sources(layout: Layout) -> list[str]:
    if layout.year_from in ("column", "header", "file_name"):
        more = ["header"] if any(one.year for one in layout.columns) else []
        return list(dict.fromkeys([layout.year_from, *more]))
    return ["header", "title", "page"]


def _matched(layout: Layout) -> list[str]:
    names = ["/".join(one.names) for one in layout.columns if one.names]
    wanted = [layout.region_header] if layout.region_header else []
    wanted += [text for role, text in layout.roles.items() if role in ("year", "indicator")]
    return [*wanted, *list(dict.fromkeys(names))[:_MATCHED_COLUMNS]]


def _first_labels(layout: Layout) -> list[str]:
    table = layout.table
    labels = [str(table.sheet.at(row, table.label_column) or "").strip() for row in table.rows[:2]]
    return [label for label in labels if label]


def _is_named(column: FoundColumn, layout: Layout) -> bool:
    if column.names:
        return column.indicator is not None
    return layout.title_indicator is not None or "indicator" in layout.roles


def _name(layout: Layout) -> str:
    words = layout.title + "|".join(_matched(layout))
    return f"layout_{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def _slug(column: FoundColumn) -> str:
    """A code from the English of a heading, or a place holder."""
    english = re.findall(r"[A-Za-z]{3,}", column.header.path)
    return "_".join(word.lower() for word in english[:6]) or "new_code"


def _quoted(text: str) -> str:
    """A YAML scalar that means just this text, whatever it holds; JSON strings are YAML."""
    return json.dumps(text[:200], ensure_ascii=False)


def _list(texts: Sequence[str]) -> str:
    return json.dumps([text[:200] for text in texts], ensure_ascii=False)
