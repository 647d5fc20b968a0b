"""Makes a record of a decoded text: bounds, garbling, cleaning, hints, in that order.

Every reader ends here, so that no format can skip a check. Finding the text is the reader's job.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestration.ingest.records import Record, Unreadable
from orchestration.ingest.reports.cleaning import clean
from orchestration.ingest.reports.encoding import HAN, inspect
from orchestration.ingest.reports.protocol import CannotRead, Source


def compose(
    text: str,
    source: Source,
    *,
    parser: str,
    locator: str = "",
    encoding: str | None = None,
    warnings: Iterable[str] = (),
    hints: Mapping[str, str] | None = None,
) -> Record | Unreadable:
    """Clean one text and make its record, or say why it cannot be used.

    Args:
        text: as decoded, with its furniture.
        source: the file it came from.
        parser: name of the reader.
        locator: where in the file.
        encoding: as decoded, ``None`` for binary formats.
        warnings: what the reader had to guess.
        hints: what the format itself says beside the text; it wins over what cleaning finds.
    """
    try:
        if len(text) > source.limits.max_text_chars:
            raise CannotRead(
                f"The text has {len(text):,} characters; a report has at most "
                f"{source.limits.max_text_chars:,}.",
                "Split the collection into one file or row a report.",
            )
        damage = inspect(text)
        cleaned = clean(text)
        if not HAN.search(cleaned.text):
            raise CannotRead(
                "There is no Chinese text in it."
                if cleaned.text.strip()
                else "There is no text in it.",
                "Check that the file holds the report itself, and put the full text in its place.",
            )
    except CannotRead as problem:
        return problem.at(locator)
    stated = {key: value for key, value in (hints or {}).items() if value}
    return Record(
        text=cleaned.text,
        locator=locator,
        encoding=encoding,
        parser=parser,
        warnings=(*warnings, *damage),
        hints={"name": source.name, **cleaned.hints, **stated},
    )
