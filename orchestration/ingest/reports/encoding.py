"""Bytes to text, and whether that text can be believed.

A wrong guess here would not fail: it would count zero hits in a garbled report. So every guess
after strict UTF-8 and strict GB18030 leaves a warning, and text that reads as garbage is refused.
What is taken off a sound text belongs to ``cleaning``.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import NoReturn

from orchestration.ingest.reports.protocol import CannotRead

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Chinese texts come in beside UTF-8 and GB18030; Latin encodings would accept any bytes.
_RARE_ENCODINGS = ["big5", "big5hkscs", "utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"]

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_COMMON = re.compile(
    "[的一是在和有发展工作为大中国人全年化建设新加强经济社会民生政府市省区实业高推进"
    "改革重点了不以上地方主要面行动力产成理会學國發業經濟實會為區產動強長開務與於]"
)
# In 992 reports of 1954-2026 these characters make up 29 % or more; in Big5 or UTF-16 bytes
# read as GB18030, under 4 %.
_COMMON_SHARE = 0.10
_ENOUGH_HAN = 20

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROL_SHARE = 0.02

# UTF-8 read as GBK ("鏀垮簻宸ヤ綔" for 政府工作): turned back into GB18030 bytes, it holds runs
# of UTF-8 characters. Three in a row never occur in the 992 sound reports.
_UTF8_RUN = re.compile(rb"(?:[\xe2-\xef][\x80-\xbf]{2}){3,}")
# The same read as Latin 1 or Windows 1252, and GBK read as Latin 1 ("Õþ¸®¹¤×÷").
_LATIN_RUN = re.compile(
    r"(?:[\u00e3-\u00ef][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2}){2,}"
    r"|(?:[\u00b0-\u00f7][\u00a1-\u00fe]){4,}"
)
# GB18030 writes the accented letters that GBK lacks with four bytes that begin so.
_LATIN_IN_GB18030 = b"\x81\x30"
_LOST = re.compile(r"\ufffd|\?{4,}")
# One character in 200: below it a sentence or two are damaged, which a warning can carry;
# the mixed file of the corpus, gov_reports1954-2019.txt, has 52 % and more in its bad records.
_GARBLED_SHARE = 0.005


@dataclass(frozen=True)
class Decoded:
    """Text, the encoding that gave it, and what had to be guessed."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode a text file: byte order mark, UTF-8, GB18030, then better guesses with a warning.

    Raises:
        CannotRead: the bytes are binary or fit no encoding that Chinese texts come in.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, encoding)
    strict = _strict(data, "utf-8")
    if strict is not None:
        return Decoded(_textual(strict), "utf-8")
    national = _strict(data, "gb18030")
    if national is not None and reads_as_chinese(national):
        return Decoded(_textual(national), "gb18030")
    guess = _damaged(data, "utf-8") or _damaged(data, "gb18030") or _rare(data)
    if guess is not None:
        return guess
    if national is not None:
        note = "The text was read as GB18030 by elimination and does not look like Chinese prose."
        return Decoded(_textual(national), "gb18030", (note,))
    _refuse()


def garbled_share(text: str) -> float:
    """Share of characters that are mojibake, replacement characters or runs of ``?``."""
    return _garbled(text) / max(len(text), 1)


def inspect(text: str) -> tuple[str, ...]:
    """Warn of damaged characters, and refuse a text with too many of them.

    Raises:
        CannotRead: more than one character in 200 is garbled: its terms would go uncounted.
    """
    count = _garbled(text)
    if not count:
        return ()
    share = count / len(text)
    if share > _GARBLED_SHARE:
        raise CannotRead(
            f"The text is garbled: {count:,} of {len(text):,} characters ({share:.1%}) are "
            "mojibake or lost.",
            "Get the report again from its source, and save it as UTF-8; counting it would "
            "give too few hits.",
        )
    return (f"{count} characters are garbled or lost ({share:.2%}); terms there go uncounted.",)


def _garbled(text: str) -> int:
    national = text.encode("gb18030", "replace")
    swapped = sum(len(run) for run in _UTF8_RUN.findall(national)) // 2
    # The looks beforehand save a third of the time of reading a sound text.
    damaged = "\ufffd" in text or "????" in text
    lost = sum(len(run) for run in _LOST.findall(text)) if damaged else 0
    accented = _LATIN_IN_GB18030 in national
    latin = sum(len(run) for run in _LATIN_RUN.findall(text)) if accented else 0
    return lost + latin + swapped


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _textual(text: str) -> str:
    """Pass text on, refuse bytes that only happened to decode."""
    if len(_CONTROL.findall(text)) > _CONTROL_SHARE * max(len(text), 1):
        _refuse()
    return text


def _refuse() -> NoReturn:
    raise CannotRead(
        "The content is binary data, or text in an encoding that is not recognised.",
        "Open it in its own program and save it as UTF-8 text, DOCX or PDF.",
    )


def reads_as_chinese(text: str) -> bool:
    """Whether Han text uses the common characters; too short a text gets the benefit."""
    han = len(HAN.findall(text))
    return han < _ENOUGH_HAN or len(_COMMON.findall(text)) >= _COMMON_SHARE * han


def _marked(data: bytes, encoding: str) -> Decoded:
    """Decode a text whose byte order mark names its encoding."""
    strict = _strict(data, encoding)
    if strict is not None:
        return Decoded(_textual(strict), encoding)
    damaged = _damaged(data, encoding)
    if damaged is None:
        _refuse()
    return damaged


def _damaged(data: bytes, encoding: str) -> Decoded | None:
    """Decode with a few bad bytes replaced, if what comes out is plainly Chinese."""
    text = data.decode(encoding, "replace")
    bad = text.count("\ufffd")
    if bad > _GARBLED_SHARE * len(text) + 1 or not reads_as_chinese(text):
        return None
    note = f"Byte sequences that are not valid {encoding} were replaced: {bad}."
    return Decoded(_textual(text), encoding, (note,))


def _rare(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    match = from_bytes(data, cp_isolation=_RARE_ENCODINGS).best()
    if match is None:
        return None
    text = str(match)
    if len(HAN.findall(text)) < _ENOUGH_HAN or not reads_as_chinese(text):
        return None
    note = f"The encoding is not stated; {match.encoding} was guessed."
    return Decoded(_textual(text), match.encoding, (note,))
