"""What a reader hands on: a text with its origin, or the reason why there is none.

Only the three outcomes live here, as plain data. How they are made belongs to the readers, what
becomes of them (document, quarantine, ignored file) to the assets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Record:
    """One text found in a file: the whole file, a table row, a line or an archive member.

    Attributes:
        text: the cleaned body, lines ended by line feeds, otherwise verbatim.
        locator: where in the file it stands: ``""`` for the whole file, else ``row 3``,
            ``line 12`` or the member's path; nested places are joined with ``" > "``.
        encoding: the encoding it was decoded with; ``None`` for binary formats.
        parser: ``markdown``, ``text``, ``docx``, ``pdf``, ``html``, ``csv``, ``stata``
            or ``jsonlines``.
        warnings: one sentence each.
        hints: what stands beside the text: ``name`` (file or member) and, where given,
            ``title``, ``source_url``, ``region``, ``year``, ``publish_date``, ``publisher`` and
            ``pagination`` (the pager of a page in several parts: some may be missing).
    """

    text: str
    locator: str
    encoding: str | None
    parser: str
    warnings: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unreadable:
    """A place that should hold a report and cannot be read; it goes to the quarantine.

    Attributes:
        reason: one sentence, what was wrong.
        hint: one sentence, what to do.
        locator: where in the file, as in :class:`Record`.
    """

    reason: str
    hint: str
    locator: str = ""


@dataclass(frozen=True)
class Ignored:
    """A file or member that is not a report at all, with the reason for leaving it."""

    reason: str
    locator: str = ""


Outcome = Record | Unreadable | Ignored
