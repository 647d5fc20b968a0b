"""Where things are: the landing zone, the warehouse, the folder of working state, the studies.

Every path and default of the product is decided here and nowhere else. What is *in* a study
belongs to ``orchestration.study``; what is in a landing zone to ``orchestration.ingest``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

CHECKOUT = Path(__file__).resolve().parents[1]
DBT_PROJECT = CHECKOUT / "dbt_project"
EXPECTATIONS = CHECKOUT / "expectations"
SAMPLE_LANDING = CHECKOUT / "data" / "landing"
WORKSPACE = CHECKOUT / "workspace.yaml"

# No part of the stack reports home; each reads its own switch.
TELEMETRY_OFF = {
    "DO_NOT_TRACK": "1",
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "GX_ANALYTICS_ENABLED": "false",
}


Memory = Literal["working", "published"]


class UsageError(ValueError):
    """The call is wrong: one sentence for the user, exit code 2."""


class YearRange(BaseModel):
    """An inclusive range of report years, written ``2018-2022`` or ``2020``."""

    model_config = ConfigDict(frozen=True)
    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2018-2022`` or ``2020``.

        Raises:
            UsageError: the text is neither, or the range runs backwards.
        """
        found = re.fullmatch(r"\s*(\d{4})\s*(?:[-–—~]\s*(\d{4})\s*)?", text)
        if not found:
            raise UsageError(f"--years {text!r} is not a year or a range such as 2018-2022.")
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            raise UsageError(f"--years {text!r} runs backwards; write {last}-{first}.")
        return cls(first=first, last=last)

    def __contains__(self, year: int | None) -> bool:
        return year is not None and self.first <= year <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class Settings(BaseModel):
    """One warehouse and what it is built from.

    Attributes:
        landing: the folder the user fills; read, never written.
        warehouse: the published DuckDB file that readers open.
        home: working state of this warehouse (working file, Dagster's records, dbt's target).
        years: report years to load; ``None`` loads all.
        studies: names of the studies to build; empty means all that are known.
    """

    model_config = ConfigDict(frozen=True)
    landing: Path
    warehouse: Path
    home: Path
    years: YearRange | None = None
    studies: tuple[str, ...] = ()

    @classmethod
    def resolve(
        cls,
        *,
        landing: Path | None = None,
        warehouse: Path | None = None,
        years: str | None = None,
        studies: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Settle every setting: the call first, then the environment, then the last build.

        A warehouse remembers the landing zone, years and studies that it was last built from, so
        that ``xinku ui`` or a second ``xinku build`` cannot silently replace real reports by the
        sample. Years and studies are remembered only together with their landing zone.

        Raises:
            UsageError: a path or a year range that cannot be meant.
        """
        env = os.environ if environment is None else environment
        file = Path(warehouse or env.get("XINKU_WAREHOUSE") or "xinku.duckdb").expanduser()
        file = Path(os.path.abspath(file))
        if file.is_dir():
            raise UsageError(f"The warehouse {file} is a folder; name a file such as real.duckdb.")
        home = Path(env.get("XINKU_HOME") or file.parent / ".xinku").expanduser()
        home = Path(os.path.abspath(home))
        state = home / file.stem
        last = _last(state, file)
        named = landing or (Path(env["XINKU_LANDING"]) if env.get("XINKU_LANDING") else None)
        zone = Path(
            os.path.abspath((named or (last and last.landing) or SAMPLE_LANDING).expanduser())
        )
        repeats = last is not None and last.landing == zone and landing is None
        # Present and empty means all, so that a child process is told as much as its parent knows.
        text = years if years is not None else env.get("XINKU_YEARS")
        span = YearRange.parse(text) if text else None
        if text is None and repeats and last:
            span = last.years
        names = studies or tuple(filter(None, env.get("XINKU_STUDIES", "").split(",")))
        if not names and "XINKU_STUDIES" not in env and repeats and last:
            names = last.studies
        return cls(landing=zone, warehouse=file, home=state, years=span, studies=names)

    @property
    def working_file(self) -> Path:
        """The DuckDB file that builds write; readers never open it."""
        return self.home / "working.duckdb"

    @property
    def exclusions_file(self) -> Path:
        """Hits that people marked as false: a file of the user's own, beside the warehouse."""
        return self.warehouse.with_name(f"{self.warehouse.stem}.exclusions.csv")

    @property
    def dbt_target(self) -> Path:
        """Dbt's manifest and partial parse, kept per warehouse so the checkout stays clean."""
        return self.home / "dbt"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run and event records for this warehouse."""
        return self.home / "dagster"

    def environment(self) -> dict[str, str]:
        """The settings as environment variables, for dbt and for Dagster's own processes."""
        return {
            **TELEMETRY_OFF,
            "XINKU_LANDING": str(self.landing),
            "XINKU_WAREHOUSE": str(self.warehouse),
            "XINKU_HOME": str(self.home.parent),
            "XINKU_YEARS": str(self.years or ""),
            "XINKU_STUDIES": ",".join(self.studies),
            "XINKU_WORKING_FILE": str(self.working_file),
            "DBT_TARGET_PATH": str(self.dbt_target),
            # A test also runs with its own table only, not with every table that it looks at: a
            # mart's test against its hits must wait for the mart.
            "DBT_INDIRECT_SELECTION": "buildable",
            "DAGSTER_HOME": str(self.dagster_home),
        }

    def remember(self, stage: Memory) -> None:
        """Write down what the working file, or the published warehouse, is built from."""
        self.home.mkdir(parents=True, exist_ok=True)
        text = self.model_dump_json(indent=2)
        partial = self.home / f"{stage}.json.partial"
        partial.write_text(text, encoding="utf-8")
        partial.replace(self.home / f"{stage}.json")


def _last(state: Path, warehouse: Path) -> Settings | None:
    """The last build that was published, or the first attempt while none was.

    The warehouse says itself what it was made from: it may have been renamed, or its working
    folder deleted, and falling back to the sample would put that in the place of real reports.
    """
    remembered = _recall(state, "published", warehouse)
    told = _told_by(warehouse)
    if told is None:
        return remembered or _recall(state, "working", warehouse)
    landing, years = told
    same = remembered is not None and remembered.landing == landing
    return Settings(
        landing=landing,
        warehouse=warehouse,
        home=state,
        years=years,
        studies=remembered.studies if remembered and same else (),
    )


def _told_by(warehouse: Path) -> tuple[Path, YearRange | None] | None:
    """Landing zone and years that a published warehouse was made from, if it can be asked."""
    if not warehouse.exists():
        return None
    import duckdb  # only where there is a warehouse, which every command then opens

    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            noted = dict(
                connection.execute(
                    "select input, value from quality.stage_inputs where stage = 'inventory'"
                ).fetchall()
            )
    except duckdb.Error:
        return None
    if not noted.get("landing"):
        return None
    years = noted.get("years")
    return Path(noted["landing"]), YearRange.parse(years) if years else None


def _recall(state: Path, stage: Memory, warehouse: Path) -> Settings | None:
    path = state / f"{stage}.json"
    try:
        last = Settings.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UsageError(
            f"{path} cannot be read ({reason}); delete it and name --landing again."
        ) from error
    if last.warehouse == warehouse or state.parent == warehouse.parent / ".xinku":
        # Beside the warehouse it is its own, wherever the folder has been moved.
        return last.model_copy(update={"warehouse": warehouse, "home": state})
    raise UsageError(
        f"{state} belongs to the warehouse {last.warehouse}, not to {warehouse}; "
        "use another file name or another XINKU_HOME."
    )
