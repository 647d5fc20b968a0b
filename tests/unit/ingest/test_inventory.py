"""What a second look reads, what it keeps, and what the user's overrides change."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest import inventory as module
from orchestration.ingest.inventory import Memory, Taken, take_inventory
from orchestration.ingest.regions import RegionTable
from orchestration.settings import UsageError, YearRange
from tests.fixtures.prose import prose, report_text

REGIONS = RegionTable.from_seeds()
NOW = datetime(2026, 1, 20)


class Zone:
    """A landing zone looked at again and again, as builds do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory = Memory()
        (folder / "reports").mkdir()

    def put(self, name: str, text: str) -> Path:
        path = self.folder / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        return path

    def decide(self, text: str) -> None:
        (self.folder / "overrides.yaml").write_text(text, encoding="utf-8")

    def look(self, digest: str = "1", years: str | None = None) -> Taken:
        taken = take_inventory(
            self.folder,
            REGIONS,
            digest=digest,
            years=YearRange.parse(years) if years else None,
            memory=self.memory,
            now=NOW,
        )
        self.memory = Memory(
            {one.path: one for one in taken.readings},
            {
                row["document_id"]: (row["status"], row["status_reason"])
                for row in taken.inventory.documents
            },
            taken.inventory.files,
        )
        return taken


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    zone = Zone(tmp_path)
    zone.put("江苏省/2020.txt", report_text("江苏省", 2020))
    zone.put("江苏省/2021.txt", report_text("江苏省", 2021))
    return zone


def statuses(taken: Taken) -> dict[str, str]:
    return {
        Path(row["path"]).name: row["status"]
        for row in taken.inventory.files
        if row["status"] != "removed"
    }


def document(taken: Taken, name: str) -> dict[str, Any]:
    (row,) = [row for row in taken.inventory.documents if row["path"].endswith(name)]
    return row


def test_an_unchanged_file_is_not_read_again(zone: Zone) -> None:
    assert zone.look().n_read == 2
    again = zone.look()
    assert again.n_read == 0
    assert {row["body"] for row in again.inventory.documents} == {None}


def test_a_file_that_has_not_changed_is_not_even_opened(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RACY_NS", 0)
    zone.look()

    def opened(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(module, "content_hash", opened)
    assert zone.look().n_read == 0


def test_a_date_within_the_grain_of_the_clock_is_not_trusted(zone: Zone) -> None:
    """A file changed twice in one tick of the clock has equal size, date and inode."""
    zone.look()
    assert {one.stat for one in zone.memory.readings.values()} == {""}


def test_a_touched_file_is_hashed_and_not_read(zone: Zone) -> None:
    zone.look()
    os.utime(zone.folder / "reports" / "江苏省" / "2020.txt", (1_800_000_000, 1_800_000_000))
    assert zone.look().n_read == 0


def test_only_what_is_new_changed_or_moved_is_read(zone: Zone) -> None:
    zone.look()
    zone.put("浙江省/2020.txt", report_text("浙江省", 2020))
    assert zone.look().n_read == 1
    zone.put("浙江省/2020.txt", report_text("浙江省", 2020, "发展芯片。"))
    assert zone.look().n_read == 1
    (zone.folder / "reports" / "浙江省" / "2020.txt").rename(
        zone.folder / "reports" / "浙江2020.txt"
    )
    assert zone.look().n_read == 1


def test_another_version_of_the_program_reads_everything(zone: Zone) -> None:
    zone.look("1")
    assert zone.look("2").n_read == 2


def test_a_removed_file_stays_in_history(zone: Zone) -> None:
    zone.look()
    (zone.folder / "reports" / "江苏省" / "2020.txt").unlink()
    taken = zone.look()
    assert taken.inventory.by_status() == {"loaded": 1, "removed": 1}
    assert len(taken.inventory.documents) == 1
    zone.put("江苏省/2020.txt", report_text("江苏省", 2020))
    assert zone.look().inventory.by_status() == {"loaded": 2}


def test_years_that_are_asked_for_later_are_read_then(zone: Zone) -> None:
    """A cache once ignored `--years`: what had been outside stayed outside."""
    assert statuses(zone.look(years="2020")) == {"2020.txt": "loaded", "2021.txt": "ignored"}
    taken = zone.look()
    assert statuses(taken) == {"2020.txt": "loaded", "2021.txt": "loaded"}
    assert taken.n_read == 1
    assert document(taken, "2021.txt")["body"]


def test_a_file_that_could_not_be_opened_is_tried_again(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.ingest.records import Unreadable

    with monkeypatch.context() as broken:
        broken.setattr(module, "read", lambda _: Unreadable("The disk failed.", "Try again."))
        assert set(statuses(zone.look()).values()) == {"quarantined"}
    assert set(statuses(zone.look()).values()) == {"loaded"}


def test_contradictions_of_the_user_are_told(zone: Zone) -> None:
    name = "{file: reports/江苏省/2020.txt, reason: x, "
    for entries, says in (
        (["action: accept}", "action: reject}"], "both accepted and rejected"),
        (["action: set, year: 2019}", "action: set, year: 2018}"], "set to 2018 and 2019"),
    ):
        zone.decide("".join(f"- {name}{entry}\n" for entry in entries))
        with pytest.raises(UsageError, match=says):
            zone.look()
    zone.decide(f"- {name}action: set, year: 2019}}\n- {name}action: set, region: 浙江省}}\n")
    row = document(zone.look(), "2020.txt")
    assert (row["region_code"], row["report_year"]) == ("330000", 2019)
    assert row["override"].count("Set to") == 2


def test_a_report_of_no_region_cannot_be_accepted_without_one(zone: Zone) -> None:
    zone.put("无题.txt", f"政府工作报告\n各位代表：\n{prose(40)}")
    zone.decide("- {file: reports/无题.txt, action: accept, reason: x}\n")
    with pytest.raises(UsageError, match="`set` both as well"):
        zone.look()


def test_a_name_writes_no_lines_of_its_own(zone: Zone) -> None:
    zone.put("a\nNothing to do\x1b[2J.txt", report_text("浙江省", 2020))
    names = [row["path"] for row in zone.look().inventory.files]
    assert "reports/a\\x0aNothing to do\\x1b[2J.txt" in names


def test_rows_of_one_file_are_no_byte_copies(zone: Zone) -> None:
    text = report_text("浙江省", 2020)
    zone.put("表.csv", f'region,text\n浙江省,"{text}"\n浙江省,"{text}再接再厉。"\n')
    reasons = [row["status_reason"] for row in zone.look().inventory.documents]
    assert not [reason for reason in reasons if reason and "byte for byte" in reason]


def test_a_sample_is_one_as_long_as_the_zone_says_so(zone: Zone) -> None:
    (zone.folder / "landing.yaml").write_text("is_sample: true\n", encoding="utf-8")
    assert all(row["is_sample"] for row in zone.look().inventory.documents)
    (zone.folder / "landing.yaml").unlink()
    assert not any(row["is_sample"] for row in zone.look().inventory.documents)


def test_a_report_that_is_rejected_makes_room(zone: Zone) -> None:
    zone.put("江苏省/2020b.txt", report_text("江苏省", 2020, size=15))
    assert statuses(zone.look())["2020b.txt"] == "superseded"
    zone.decide("- {file: reports/江苏省/2020.txt, action: reject, reason: 网页不全, by: 王}\n")
    taken = zone.look()
    assert taken.n_read == 0
    assert statuses(taken)["2020.txt"] == "quarantined"
    assert statuses(taken)["2020b.txt"] == "loaded"
    assert "网页不全" in document(taken, "2020.txt")["status_reason"]
    assert any(row["rule"] == "overridden" for row in taken.inventory.findings)


def test_a_report_that_is_accepted_is_counted_before_a_longer_one(zone: Zone) -> None:
    zone.put("江苏省/2020b.txt", report_text("江苏省", 2020, size=15))
    zone.decide("- {file: reports/江苏省/2020b.txt, action: accept, reason: 官方公报}\n")
    taken = zone.look()
    assert statuses(taken)["2020b.txt"] == "loaded"
    assert "override accepts" in document(taken, "2020.txt")["status_reason"]


def test_an_accepted_report_leaves_the_quarantine(zone: Zone) -> None:
    zone.put("浙江省/2020.txt", report_text("四川省", 2020))
    assert document(zone.look(), "浙江省/2020.txt")["status"] == "quarantined"
    zone.decide("- {file: reports/浙江省/2020.txt, action: accept, reason: 已核对}\n")
    taken = zone.look()
    assert document(taken, "浙江省/2020.txt")["status"] == "primary"
    assert not any(row["severity"] == "error" for row in taken.inventory.findings)


def test_a_region_and_a_year_can_be_set(zone: Zone) -> None:
    zone.put("浙江省/2020.txt", report_text("四川省", 2020))
    zone.decide(
        "- {file: reports/浙江省/2020.txt, action: set, region: 四川省, year: 2019, reason: 封面}\n"
    )
    row = document(zone.look(), "浙江省/2020.txt")
    assert (row["region_code"], row["report_year"], row["status"]) == ("510000", 2019, "primary")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{file: reports/江苏省/2002.txt, action: reject, reason: x}", "nearest is reports/江苏省/20"),
        ("{file: reports/江苏省/2020.txt, member: row 3, action: reject, reason: x}", "no such member"),
        ("{file: reports/空.txt, action: accept, reason: x}", "no text could be read"),
        ("{file: reports/江苏省/2020.txt, action: set, region: 江西苏, reason: x}", "nearest names"),
        ("{file: reports/江苏省/2020.txt, action: set, region: 吉林, reason: x}", "220000"),
    ],
)  # fmt: skip
def test_an_override_that_cannot_be_carried_out_fails_loudly(
    zone: Zone, entry: str, says: str
) -> None:
    zone.put("空.txt", "")
    zone.decide(f"- {entry}\n")
    with pytest.raises(UsageError, match=r"overrides\.yaml: reports/") as caught:
        zone.look()
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("file: a\n", "must be a list"),
        ("- {file: a, action: reject}\n", "entry 1, key 'reason'"),
        ("- {file: a, action: forget, reason: x}\n", "entry 1, key 'action'"),
        ("- {file: a, action: set, reason: x}\n", "`set` needs a region, a year or both"),
        ("- {file: a, action: accept, year: 2020, reason: x}\n", "takes no region and no year"),
        ("- {file: a, action: reject, reason: x, colour: red}\n", "key 'colour'"),
        ("- [\n", "cannot be used"),
    ],
)
def test_a_broken_file_of_overrides_says_where(zone: Zone, text: str, says: str) -> None:
    zone.decide(text)
    with pytest.raises(UsageError) as caught:
        zone.look()
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_copies_of_one_file_are_one_report(zone: Zone) -> None:
    zone.put("江苏省/又一份.txt", report_text("江苏省", 2020))
    taken = zone.look()
    assert statuses(taken)["又一份.txt"] == "superseded"
    assert "equal, byte for byte" in document(taken, "又一份.txt")["status_reason"]


def test_what_is_no_report_is_found_and_not_counted(zone: Zone) -> None:
    zone.put("江苏省/决议.txt", f"江苏省人民代表大会关于政府工作报告的决议\n{prose(30)}")
    taken = zone.look()
    assert statuses(taken)["决议.txt"] == "quarantined"
    (row,) = [row for row in taken.inventory.findings if row["severity"] == "error"]
    assert row["rule"] == "not_a_report"
