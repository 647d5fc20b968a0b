"""Great Expectations suites kept as JSON: reading them, and running one over a frame.

Great Expectations takes seconds to import, so it is imported when a suite runs and not before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Expectation:
    """One expectation: Great Expectations' type and arguments under a name of ours."""

    name: str
    type: str
    kwargs: dict[str, Any]
    severity: str
    description: str


@dataclass(frozen=True)
class Suite:
    """The expectations of one table."""

    name: str
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Finding:
    """What one expectation found."""

    name: str
    severity: str
    passed: bool
    n_failed: int
    detail: str


def read_suite(path: Path) -> Suite:
    """Read a suite.

    Raises:
        ValueError: an expectation has no name, or a severity other than error and warn.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    expectations = []
    for item in content["expectations"]:
        meta = item.get("meta", {})
        if not meta.get("name") or meta.get("severity") not in ("error", "warn"):
            raise ValueError(f"{path}: {item['type']} needs a name and a severity in its meta.")
        expectations.append(
            Expectation(
                meta["name"], item["type"], item["kwargs"], meta["severity"], meta["description"]
            )
        )
    return Suite(content["name"], tuple(expectations))


def validate(frame: pd.DataFrame, suite: Suite) -> Iterator[Finding]:
    """Run a suite over a frame, in memory and in silence.

    Yields:
        A finding an expectation, in the suite's order. An expectation that could not be run has
        not passed.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    batches = (
        context.data_sources.add_pandas("memory")
        .add_dataframe_asset(suite.name)
        .add_batch_definition_whole_dataframe("all")
    )
    batch = batches.get_batch(batch_parameters={"dataframe": frame})
    for expectation in suite.expectations:
        kind = "".join(part.title() for part in expectation.type.split("_"))
        outcome = batch.validate(getattr(gx.expectations, kind)(**expectation.kwargs))
        found = dict(outcome.result)
        n_failed = int(found.get("unexpected_count") or (0 if outcome.success else 1))
        raised = outcome.exception_info or {}
        yield Finding(
            expectation.name,
            expectation.severity,
            bool(outcome.success),
            n_failed,
            _detail(bool(outcome.success), found, raised),
        )


def _detail(passed: bool, found: dict[str, Any], raised: dict[str, Any]) -> str:
    if passed:
        return "As expected."
    unexpected = found.get("partial_unexpected_list") or []
    if unexpected:
        return f"Unexpected: {', '.join(map(str, unexpected[:5]))}."
    observed = found.get("observed_value")
    return f"Observed {observed}." if observed is not None else f"Not run: {raised}"
