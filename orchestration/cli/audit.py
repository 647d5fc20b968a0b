"""`xinku audit FILE`: what a published table implies of itself.

Reading and judging are `models_py.audit`; here the call is read and findings are shown.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from orchestration.cli.options import Debug, Errors
from orchestration.settings import UsageError

if TYPE_CHECKING:
    import pandas as pd

_LARGEST_FILE: Final = 20_000_000
_LARGEST_CONTEXT: Final = 200_000
_COLOURS: Final = {
    "impossible": "bold red", "inconsistent": "red", "implausible": "yellow",
    "base_revised": "cyan", "cannot_tell": "dim", "consistent": "green",
}  # fmt: skip
_SHOWN: Final = (
    "verdict",
    "published_table",
    "cell",
    "rule",
    "published",
    "implied",
    "explanation",
)
_STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.4rem;"
    "text-align:left;vertical-align:top}tr.impossible td:first-child,tr.inconsistent "
    "td:first-child{color:#b00020;font-weight:600}tr.implausible td:first-child{color:#8a5a00}"
)


class Format(StrEnum):
    """How findings are shown."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


def audit(
    file: Annotated[
        Path,
        typer.Argument(help="A table: CSV, XLSX, Markdown, HTML, DOCX, LaTeX or pasted text."),
    ],
    how: Annotated[
        Format, typer.Option("--format", help="table to read, json for programs, html to send.")
    ] = Format.TABLE,
    context: Annotated[
        Path | None,
        typer.Option(help="YAML with what the digits do not say: n, fixed_effects, clusters …"),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show also what was checked and found consistent.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Check a published table for internal consistency; exit code 1 if something is wrong."""
    with Errors(debug):
        data = _bytes_of(file, _LARGEST_FILE, "table")
        known = _context(context)
        from models_py.audit import WRONG
        from models_py.audit import audit as audit_table

        try:
            findings = audit_table(data, known)
        except ValueError as error:
            raise UsageError(f"{file}: {error}") from error
        shown = findings if every else findings[findings["verdict"] != "consistent"]
        if how is Format.JSON:
            typer.echo(_json(shown))
        elif how is Format.HTML:
            typer.echo(_html(shown, findings, file.name))
        else:
            _table(shown, findings, file)
        if findings["verdict"].isin(WRONG).any():
            raise typer.Exit(1)


def _bytes_of(file: Path, most: int, what: str) -> bytes:
    if not file.is_file():
        raise UsageError(f"There is no file {file}; give the {what} as a file.")
    size = file.stat().st_size
    if size > most:
        raise UsageError(f"{file} has {size:,} bytes; a {what} of at most {most:,} is read.")
    return file.read_bytes()


def _context(file: Path | None) -> Mapping[str, Any] | None:
    """A context file with every scalar as text, so that no printed digit is lost."""
    if file is None:
        return None
    data = _bytes_of(file, _LARGEST_CONTEXT, "context")
    import yaml

    try:
        text = data.decode("utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise UsageError(f"{file}: aliases (*name) are not read in a context file.")
        # BaseLoader builds text, lists and mappings only; 0.0570 stays four digits.
        known = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).split("\n", 1)[0]
        raise UsageError(f"{file} is not a YAML file in UTF-8: {reason}.") from error
    if known is not None and not isinstance(known, Mapping):
        raise UsageError(f"{file} must hold keys and values, such as `n: 155`.")
    return known


def _counts(findings: pd.DataFrame) -> str:
    from models_py.audit.findings import VERDICTS

    counts = findings["verdict"].value_counts()
    parts = [
        f"{counts[verdict]} {verdict.replace('_', ' ')}"
        for verdict in VERDICTS
        if verdict in counts
    ]
    return f"{len(findings)} checks: {', '.join(parts) or 'none applied'}."


def _table(shown: pd.DataFrame, findings: pd.DataFrame, file: Path) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    for row in shown.astype(str).to_dict(orient="records"):
        where = " · ".join(part for part in (row["published_table"], row["cell"]) if part)
        verdict = str(row["verdict"])
        line = Text(verdict.replace("_", " "), style=_COLOURS.get(verdict, ""))
        line.append(f"  {where}  ", style="bold")
        line.append(f"({row['rule']})", style="dim")
        line.append(f"\n    {row['explanation']}\n", style="default")
        console.print(line)
    console.print(f"{file.name}: {_counts(findings)}", markup=False, highlight=False)


def _json(shown: pd.DataFrame) -> str:
    records = shown.astype(object).where(shown.notna(), None).to_dict(orient="records")
    for record in records:
        for key, value in record.items():
            if isinstance(value, float) and value in (float("inf"), float("-inf")):
                record[key] = None
    return json.dumps(records, ensure_ascii=False, indent=1)


def _html(shown: pd.DataFrame, findings: pd.DataFrame, name: str) -> str:
    rows = []
    for row in shown.to_dict(orient="records"):
        cells = "".join(f"<td>{html.escape(str(row[column]))}</td>" for column in _SHOWN)
        rows.append(f'<tr class="{html.escape(str(row["verdict"]))}">{cells}</tr>')
    head = "".join(f"<th>{column.replace('_', ' ')}</th>" for column in _SHOWN)
    title = html.escape(name)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{html.escape(_counts(findings))}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></html>"
    )
