"""Encodings are found or refused; a garbled text is never taken for a report without hits."""

from __future__ import annotations

import pytest
import report_files as files
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.reports import Record, Unreadable, read_report
from orchestration.ingest.reports.encoding import decode, garbled_share, inspect
from orchestration.ingest.reports.protocol import CannotRead

TEXT = files.REPORT * 5
TRADITIONAL = (
    "各位代表：現在，我代表示例市人民政府，向大會報告工作，請予審議。過去一年，我們加快建設集成電路"
    "產業基地，推動半導體企業發展，經濟實現穩中求進。\n" * 5
)


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
    ],
)
def test_encodings_found_without_a_guess(stored: str, found: str) -> None:
    decoded = decode(TEXT.encode(stored))
    assert (decoded.text, decoded.encoding, decoded.warnings) == (TEXT, found, ())


@pytest.mark.parametrize("stored", ["big5", "utf-16-le", "utf-16-be"])
def test_a_guess_is_never_silent(stored: str) -> None:
    """Big5 bytes are valid GB18030 of rare characters: read so, no term would be found."""
    decoded = decode(TRADITIONAL.encode(stored))
    assert decoded.text == TRADITIONAL
    assert decoded.warnings and "guessed" in decoded.warnings[0]


@pytest.mark.parametrize("stored", ["utf-8", "gb18030"])
def test_one_bad_byte_is_replaced_with_a_warning(stored: str) -> None:
    data = bytearray(TEXT.encode(stored))
    data[400] = 0xFF
    decoded = decode(bytes(data))
    assert decoded.encoding == stored and "\ufffd" in decoded.text
    assert decoded.warnings and "not valid" in decoded.warnings[0]


def test_a_file_cut_within_a_character_is_still_read() -> None:
    decoded = decode(TEXT.encode()[:-2])
    assert decoded.encoding == "utf-8" and decoded.warnings


def test_binary_data_is_refused() -> None:
    with pytest.raises(CannotRead, match="binary"):
        decode(bytes(range(256)) * 10)


@pytest.mark.parametrize(
    "garbled",
    [
        TEXT.encode().decode("gb18030", "replace"),
        TEXT.encode().decode("latin-1"),
        TEXT.encode().decode("cp1252", "replace"),
        TEXT.encode("gb18030").decode("latin-1"),
        "\ufffd" * 30 + TEXT,
        "鏀垮簻宸ヤ綔鎶ュ憡" * 3 + TEXT,
        "各位代表" + "?" * 200,
    ],
)
def test_garbled_texts_are_refused(garbled: str) -> None:
    """gov_reports1954-2019.txt holds such records; counted, they would read as zero attention."""
    with pytest.raises(CannotRead, match="garbled"):
        inspect(garbled)
    (outcome,) = read_report(garbled.encode(), "a.txt")
    assert isinstance(outcome, Unreadable) and "garbled" in outcome.reason


def test_a_garbled_record_does_not_take_its_file_along() -> None:
    good = TEXT.replace("\n", "　")
    bad = good.encode().decode("gb18030", "replace").replace("\n", "")
    outcomes = read_report(f"1990\t{good}\n1991\t{bad}\n1992\t{good}\n".encode(), "all.txt")
    assert [type(o) for o in outcomes] == [Record, Unreadable, Record]


def test_a_little_damage_is_a_warning() -> None:
    assert inspect("芯\ufffd" + TEXT * 2)[0].startswith("1 characters")
    assert inspect(TEXT) == ()


@pytest.mark.parametrize(
    "sound",
    [
        "××省××市，增长１２．５％——“十三五”……《纲要》",
        "R&D 经费？？！！",
        "\u3000\u3000\xa0\xa0\xa0\xa0\xa0\xa0缩进",
        "é è ü ñ ·阿凡提·买买提·",
        "浣熊、潇湘、瀛洲、涓滴、澧县、涞源、溧阳、濮阳、漯河、淇县",
    ],
)
def test_sound_texts_are_not_accused(sound: str) -> None:
    assert garbled_share(sound) == 0


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=200))
def test_utf8_is_always_read_as_itself(text: str) -> None:
    assert decode(text.encode()).text == text
