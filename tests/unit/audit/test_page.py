"""The page of findings: as committed, and whatever text the findings hold."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd
import pytest

from models_py.audit.findings import Check, Finding, to_frame
from models_py.audit.page import findings_page
from tests.unit.audit.papers import REPOSITORY, SEEDS, facts, findings

PAGE: Final = REPOSITORY / "docs" / "published-findings.md"
SOURCES: Final = pd.DataFrame({"source_id": ["p"], "title_zh": ["题*名|一"]})


def published_sources() -> pd.DataFrame:
    return pd.read_csv(SEEDS / "published_sources.csv", dtype=str, keep_default_na=False)


def test_the_committed_page_is_the_one_the_seeds_give() -> None:
    page = findings_page(findings(), published_sources())
    assert PAGE.read_text(encoding="utf-8") == page, (
        "Write findings_page(audit_published(the seeds), published_sources) to "
        "docs/published-findings.md."
    )


def test_order_of_findings_does_not_matter() -> None:
    mixed = findings().sample(frac=1, random_state=7)
    assert findings_page(mixed, published_sources()) == findings_page(
        findings(), published_sources()
    )


def test_counts_and_every_paper_and_accusation_stand_there() -> None:
    frame, page = findings(), PAGE.read_text(encoding="utf-8")
    wanted = published_sources().set_index("source_id").loc[sorted(set(frame["source_id"]))]
    assert all(f"## {title}" in page for title in wanted["title_zh"])
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    opened = frame[frame["verdict"] != "consistent"]
    assert sum(line.count(" | ") == 5 and "(" in line for line in rows) == len(opened)
    total = next(line for line in rows if line.startswith("| **all**"))
    numbers = [int(cell.strip(" *")) for cell in total.strip("|").split("|")[1:]]
    assert sum(numbers) == len(frame)


def test_no_run_of_text_is_longer_than_a_label_of_the_facts() -> None:
    """Chinese on the page are labels, definitions and titles of the seeds, nothing else."""
    seeds = facts()
    known = "\n".join(
        [*seeds["label_zh"], *seeds["entity"], *seeds["value_text"], *seeds["locator"],
         *published_sources()["title_zh"], *published_sources()["authors"]]
    )  # fmt: skip
    for word in set(re.findall(r"[\u3400-\u9fff]{9,}", PAGE.read_text(encoding="utf-8"))):
        assert word in known, word


def test_hostile_text_stays_text() -> None:
    check = Check("grim", "<script>|x", "a\n\n# b", "impossible", "high", "[c](d) **e** `f`")
    page = findings_page(to_frame([Finding("p", "表1", "*x*", check)]), SOURCES)
    assert "<script>" not in page and "\n# b" not in page and "[c](d)" not in page
    assert r"&lt;script&gt;\|x" in page and r"\[c\]\(d\)" not in page
    assert r"\*\*e\*\*" in page and r"## 题\*名\|一" in page


def test_a_paper_without_a_title_is_told() -> None:
    check = Check("grim", "1", "2", "impossible", "high", "x")
    with pytest.raises(ValueError, match="lack the papers q"):
        findings_page(to_frame([Finding("q", "表1", "x", check)]), SOURCES)
