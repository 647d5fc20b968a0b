"""One document a region and year: complete, then longer, then newer, then by path."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.primary import Candidate, choose_primary

BASE = Candidate("a", "320000", 2020, "full", 1000, datetime(2020, 2, 1), "reports/a.md")


def winner(*candidates: Candidate) -> str:
    verdicts = choose_primary(candidates)
    (primary,) = [i for i, (status, _) in verdicts.items() if status == "primary"]
    return primary


def test_complete_comes_before_longer() -> None:
    longer = replace(BASE, document_id="b", completeness="abridged", n_chars=9000, place="b")
    assert winner(BASE, longer) == "a"
    assert "full, this one abridged" in (choose_primary([BASE, longer])["b"][1] or "")


def test_longer_comes_before_newer() -> None:
    newer = replace(BASE, document_id="b", n_chars=999, modified_at=datetime(2021, 1, 1), place="b")
    assert winner(BASE, newer) == "a"


def test_newer_comes_before_the_path() -> None:
    newer = replace(BASE, document_id="b", modified_at=datetime(2021, 1, 1), place="reports/z.md")
    assert winner(BASE, newer) == "b"


def test_the_path_settles_the_rest() -> None:
    assert winner(BASE, replace(BASE, document_id="b", place="reports/b.md")) == "a"


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        document_id=st.integers(0, 10**6).map(str),
        region_code=st.sampled_from(["110000", "320000"]),
        report_year=st.sampled_from([2020, 2021]),
        completeness=st.sampled_from(["full", "abridged", "truncated"]),
        n_chars=st.integers(1, 5),
        modified_at=st.sampled_from([datetime(2020, 1, 1), datetime(2021, 1, 1)]),
        place=st.text("ab", max_size=2),
    ),
    unique_by=lambda candidate: candidate.document_id,
)


@given(CANDIDATES, st.randoms())
def test_one_primary_a_group_whatever_the_order(candidates: list[Candidate], random) -> None:  # type: ignore[no-untyped-def]
    verdicts = choose_primary(candidates)
    shuffled = candidates[:]
    random.shuffle(shuffled)
    assert choose_primary(shuffled) == verdicts
    groups = {(c.region_code, c.report_year) for c in candidates}
    assert len(groups) == sum(status == "primary" for status, _ in verdicts.values())
    assert set(verdicts) == {c.document_id for c in candidates}
