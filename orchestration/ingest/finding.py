"""What a rule says of a document: its name, how grave it is, the evidence, and what to do.

The rules themselves are in ``rules`` and ``across``; what becomes of a finding is decided in
``inventory``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warn", "info"]


@dataclass(frozen=True)
class Finding:
    """One rule met by one document.

    Attributes:
        rule: name of the rule, such as ``wrong_region``.
        severity: ``error``: the document is not counted; ``warn``: it is counted and wants a look;
            ``info``: good to know, no accusation.
        evidence: what was found, in one sentence with its quotes.
        hint: what to do about it, in one sentence.
        start: offset in characters of the evidence in the body, where it has a place.
        end: one past its last character.
    """

    rule: str
    severity: Severity
    evidence: str
    hint: str = ""
    start: int | None = None
    end: int | None = None
