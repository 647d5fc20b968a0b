"""annex: an info with its place."""

from __future__ import annotations

from speeches import judged, rules, speech


def test_an_annex_is_told_with_its_length_and_is_no_accusation() -> None:
    glossary = "\n".join(f"{n}.“工程{n}”：指市里的第{n}项工程。" for n in range(1, 30))
    text = speech() + "\n名词解释\n\n" + glossary
    identity = judged(text)
    (finding,) = identity.findings
    assert (finding.rule, finding.severity) == ("annex", "info")
    assert finding.start is not None
    assert text[finding.start :].startswith("名词解释")
    assert identity.completeness == "full"


def test_a_report_without_one_has_none() -> None:
    assert rules(judged(speech()), infos=True) == []
