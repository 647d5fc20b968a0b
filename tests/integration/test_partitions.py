"""Years that come and go: partitions in order, and marts that follow without a full refresh."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import INVENTORY_JOB, MEASURE_JOB, build_defs
from orchestration.instance import build_instance
from orchestration.partitions import REPORT_YEARS, set_report_years
from orchestration.settings import Settings

pytestmark = pytest.mark.integration

FILLER = "我们坚持稳中求进，各项工作取得新的进展。" * 20


def put(landing: Path, year: int, text: str = "发展芯片产业。") -> Path:
    path = landing / "reports" / "江苏省" / f"{year}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"政府工作报告\n——{year}年1月12日在江苏省第十三届人民代表大会第三次会议上\n各位代表：\n"
        f"一、{year - 1}年工作回顾\n{FILLER}{text}\n二、{year}年工作安排\n{FILLER}\n",
        encoding="utf-8",
    )
    return path


def test_partitions_stay_in_order_whatever_arrives_when() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for years in ([2019, 2020], [2018, 2019, 2020], [2018, 2020]):
            set_report_years(instance, years)
            keys = instance.get_dynamic_partitions(REPORT_YEARS.name or "")
            assert list(keys) == [str(year) for year in years]


def test_marts_follow_the_folder_one_year_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """delete+insert by year once kept the hits of a year whose last report had gone."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    landing = tmp_path / "zone"
    settings = Settings.resolve(
        landing=landing, warehouse=tmp_path / "w.duckdb", environment={}
    )  # fmt: skip

    def hits() -> dict[int, int]:
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            return dict(
                connection.execute(
                    "select report_year, n_hits from marts.government_attention "
                    "where topic = 'chip_innovation'"
                ).fetchall()
            )

    put(landing, 2019)
    put(landing, 2021)
    with build_instance(settings) as instance:
        defs = build_defs(settings)

        def run(first: int, last: int) -> None:
            inventory = defs.resolve_job_def(INVENTORY_JOB)
            assert inventory.execute_in_process(instance=instance).success
            tags = {
                "dagster/asset_partition_range_start": str(first),
                "dagster/asset_partition_range_end": str(last),
            }
            measure = defs.resolve_job_def(MEASURE_JOB)
            assert measure.execute_in_process(instance=instance, tags=tags).success

        run(2019, 2021)
        assert hits() == {2019: 1, 2021: 1}
        put(landing, 2020, "发展芯片和集成电路产业。")
        run(2020, 2020)
        assert hits() == {2019: 1, 2020: 2, 2021: 1}
        put(landing, 2021, "没有命中。").touch()
        run(2021, 2021)
        assert hits() == {2019: 1, 2020: 2, 2021: 0}
        (landing / "reports" / "江苏省" / "2019.txt").unlink()
        run(2021, 2021)
        assert hits() == {2020: 2, 2021: 0}
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            removed = connection.execute(
                "select parse_filename(path), count(*) from raw.files where status = 'removed' "
                "group by all order by all"
            ).fetchall()
    assert removed == [("2019.txt", 1), ("2021.txt", 1)]
