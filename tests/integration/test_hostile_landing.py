"""What people, tools and enemies leave in a folder: each ends in a table with a sentence."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import SAMPLE_LANDING
from tests.conftest import Xinku
from tests.fixtures.prose import report_text

pytestmark = pytest.mark.integration

SQL_NAME = "湖北省'; drop table raw.files; --.txt"
MARKUP_NAME = "[red]<script>alert(1)</script>.txt"


def report(region: str) -> bytes:
    text = report_text(region, 2020, "发展芯片产业。", plan="建设集成电路基地。", size=30)
    return text.encode()


def encrypted_docx() -> bytes:
    msoffcrypto = pytest.importorskip("msoffcrypto")
    from docx import Document
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = io.BytesIO()
    document = Document()
    document.add_paragraph("政府工作报告")
    document.save(plain)
    locked = io.BytesIO()
    OOXMLFile(plain).encrypt("secret", locked)
    assert msoffcrypto
    return locked.getvalue()


def encrypted_pdf() -> bytes:
    pytest.importorskip("reportlab")
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "report")
    canvas.save()
    return out.getvalue()


def zip_with_unsafe_members() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../逃出去.txt", report("湖南省"))
        archive.writestr("/etc/绝对路径.txt", report("湖南省"))
        archive.writestr("河南省2020.txt", report("河南省"))
    return out.getvalue()


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    zone = tmp_path_factory.mktemp("hostile") / "落地区 '一'"
    reports = zone / "reports"
    reports.mkdir(parents=True)
    files = {
        "江苏省2020.txt": report("江苏省"),
        "程序.pdf": b"MZ\x90\x00" + bytes(range(256)) * 20,
        "空.md": b"",
        "加密.docx": encrypted_docx(),
        "加密.pdf": encrypted_pdf(),
        '带 空格 和“引号”".txt': report("浙江省"),
        "表情😀.txt": report("安徽省"),
        SQL_NAME: report("湖北省"),
        MARKUP_NAME.replace("/", "∕"): report("江西省"),
        "坏成员.zip": zip_with_unsafe_members(),
        "图.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
    }
    for name, content in files.items():
        (reports / name).write_bytes(content)
    with (reports / "一行200MB.txt").open("wb") as file:
        file.seek(200 * 1024 * 1024 - 1)
        file.write(b"a")
    (reports / "绕圈").mkdir()
    (reports / "绕圈" / "回到上面").symlink_to(reports, target_is_directory=True)
    (reports / "链接.txt").symlink_to("/etc/passwd")
    os.mkfifo(reports / "管道.txt")
    (reports / os.fsdecode(b"\xff\xfe.txt")).write_bytes(report("福建省"))
    locked = reports / "读不了.txt"
    locked.write_bytes(report("山东省"))
    locked.chmod(0)
    return zone


def state(zone: Path) -> list[tuple[str, int, int]]:
    return sorted(
        (os.fsencode(path).decode("latin-1"), path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in zone.rglob("*")
    )


@pytest.fixture(scope="module")
def built(
    landing: Path, xinku: Xinku, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("built")
    before = state(landing)
    outside = sorted(path.name for path in landing.parent.iterdir())
    done = xinku("build", "--landing", str(landing), cwd=folder)
    assert done.returncode == 0, done.stderr
    assert state(landing) == before
    assert sorted(path.name for path in landing.parent.iterdir()) == outside
    return folder, done


def test_every_file_ends_in_a_table_with_a_sentence(
    built: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = built
    assert not list(folder.rglob("*逃出去*"))
    with duckdb.connect(str(folder / "xinku.duckdb"), read_only=True) as connection:
        rows = connection.execute("select path, status, reason from raw.files").fetchall()
        quarantine = connection.execute(
            "select path, locator, reason, hint from quality.quarantine"
        ).fetchall()
        hits = dict(
            connection.execute(
                "select region_name, n_hits from marts.government_attention where topic = 'chip_innovation'"
            ).fetchall()
        )
    status = {path.removeprefix("reports/"): (status, reason) for path, status, reason in rows}
    unreadable = {"读不了.txt"} if os.geteuid() else set()
    for name in {"程序.pdf", "空.md", "加密.docx", "加密.pdf", "一行200MB.txt"} | unreadable:
        assert status[name][0] == "quarantined", (name, status[name])
    for name in ("图.png", "链接.txt", "绕圈/回到上面", "管道.txt"):
        assert status[name][0] == "ignored", (name, status[name])
    for name in ("江苏省2020.txt", "表情😀.txt", SQL_NAME, "坏成员.zip"):
        assert status[name][0] == "loaded", (name, status[name])
    for path, (verdict, reason) in status.items():
        assert verdict == "loaded" or (reason and "\n" not in reason), path
    unsafe = [row for row in quarantine if "坏成员" in row[0]]
    assert len(unsafe) == 2
    assert all(reason and hint for _, _, reason, hint in quarantine)
    regions = {"江苏", "浙江", "安徽", "湖北", "江西", "河南", "福建"} | (
        set() if os.geteuid() else {"山东"}
    )
    assert hits == dict.fromkeys(regions, 2)


def test_one_bad_zone_does_not_spoil_the_command_line(
    built: tuple[Path, subprocess.CompletedProcess[str]], xinku: Xinku
) -> None:
    """Names with rich markup or undecodable bytes once could end the program that reports them."""
    folder, done = built
    assert "Traceback" not in done.stderr
    assert "程序.pdf" in done.stdout
    done = xinku("status", cwd=folder, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr


def test_a_file_that_cannot_be_opened_is_quarantined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions do not bind root, so the refusal is played."""
    from orchestration.ingest import landing as module
    from orchestration.ingest.inventory import take_inventory
    from orchestration.ingest.regions import RegionTable

    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "江苏省2020.txt").write_bytes(report("江苏省"))

    def refuse(path: Path) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(module, "_open", refuse)
    inventory = take_inventory(tmp_path, RegionTable.from_seeds()).inventory
    assert inventory.by_status() == {"quarantined": 1}
    assert "ermission" in inventory.quarantine[0]["reason"]


def test_a_copy_in_the_wrong_folder_does_not_stand_in_for_the_right_one(tmp_path: Path) -> None:
    """江苏 2021 once vanished, because its byte copy under 上海市 came first and was quarantined."""
    from orchestration.ingest.inventory import take_inventory
    from orchestration.ingest.regions import RegionTable

    for region in ("上海市", "江苏省"):
        (tmp_path / "reports" / region).mkdir(parents=True)
        (tmp_path / "reports" / region / "2020.txt").write_bytes(report("江苏省"))
    inventory = take_inventory(tmp_path, RegionTable.from_seeds()).inventory
    statuses = {row["path"]: row["status"] for row in inventory.files}
    assert statuses == {
        "reports/上海市/2020.txt": "quarantined",
        "reports/江苏省/2020.txt": "loaded",
    }


def test_the_sample_survives_every_one_of_its_files_cut_short(tmp_path: Path) -> None:
    """Half a file of each format is quarantined or read as truncated; nothing stops the others."""
    from orchestration.ingest.inventory import take_inventory
    from orchestration.ingest.regions import RegionTable

    zone = tmp_path / "zone"
    shutil.copytree(SAMPLE_LANDING, zone)
    for path in (zone / "reports").rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 2])
    inventory = take_inventory(zone, RegionTable.from_seeds()).inventory
    found = sum(1 for path in (zone / "reports").rglob("*") if path.is_file())
    assert sum(inventory.by_status().values()) == found
    assert inventory.by_status().get("quarantined", 0) > 0
