"""Layout profiles: what a kind of yearbook table looks like, as data that anyone can review.

A profile says how a table is known, where regions, years, indicators, units and vintages stand in
it. How tables are read by a profile is in ``extraction``; nothing here opens a yearbook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

SHIPPED = Path(__file__).parent / "profiles"

# A profile is a page of text; what is larger is a table put in the wrong folder.
LARGEST_PROFILE = 200_000

YearSource = Literal["given", "column", "header", "title", "page", "file_name"]
VintageSource = Literal["given", "column", "edition", "accessed", "year_after"]

REGION_WORDS = (
    *("地区", "区域", "省份", "省市", "省(区、市)", "省(自治区、直辖市)", "省市区", "省区市"),
    *("城市", "地级市", "市", "省", "地市", "地区名称", "省份名称"),
    *("region", "province", "city", "region_name", "regions"),
)


def _several(value: object) -> object:
    return [value] if isinstance(value, (str, int, float)) else value


Words = Annotated[list[str], BeforeValidator(_several)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Who published the table, and in what."""

    producer: str = ""
    publication: str = ""
    licence: str = ""


class Match(_Part):
    """How a table is known. Every entry must hold; ``a|b`` within an entry means either.

    Attributes:
        title: words in the lines above the header, or in the title of the page.
        header: names that must head a column.
        cells: names that must stand in some cell of the table.
        none: words that stand neither above the header nor in it.
        first_row: whether the header is the first row that holds anything.
        files: file-name patterns (``*``, ``?``), only for what the content cannot tell.
    """

    title: Words = []
    header: Words = []
    cells: Words = []
    none: Words = []
    first_row: bool = False
    files: Words = []

    def allows_file(self, path: str) -> bool:
        """Whether the name of the file fits; any does where the profile names no files."""
        name = path.rsplit("/", 1)[-1]
        return not self.files or any(
            fnmatch(name, pattern) or fnmatch(path, pattern) for pattern in self.files
        )


class RegionColumn(_Part):
    """Where the regions stand.

    Attributes:
        header: words that may head the column, the first found counts.
        by_content: whether the column has no heading and is known by the names in it.
        level: level of the regions; a name is never taken for one of another level.
        nation: names of rows that mean the nation beside those the region table knows.
        subtotals: names of rows that sum several regions and are kept apart.
    """

    header: Words = list(REGION_WORDS)
    by_content: bool = False
    level: Literal["province", "city"] = "province"
    nation: Words = []
    subtotals: Words = []


class IndicatorWords(_Part):
    """One line of the indicator map: these words of a header mean this indicator.

    Attributes:
        header: names of the column; ``合计/发明`` is a path, its last word alone is enough.
        code: a code of ``indicators.csv``; ``-`` for a column that is not wanted.
        scope: what the numbers cover, where the source says so.
        unit: unit where the file prints none.
    """

    header: Words
    code: str
    scope: str = ""
    unit: str = ""


class Given(_Part):
    """What a file does not say and its user knows."""

    indicator: str = ""
    unit: str = ""
    region: str = ""
    year: int | None = None
    vintage: str = ""


class Known(_Part):
    """Figures printed elsewhere by which a table without a name is known.

    Attributes:
        indicator: the indicator that it is then.
        unit: its unit.
        publication: where these figures are printed with their name.
        values: region, year, value; all must stand in the table.
    """

    indicator: str
    unit: str
    publication: str
    values: list[tuple[str, int, float]] = Field(min_length=4)


class KnownYears(_Part):
    """A figure of every year, by which a table that names no year is dated.

    Attributes:
        indicator: the indicator, which the table names.
        region: the region whose figure it is.
        publication: where the figures are printed with their year.
        values: figure by year.
    """

    indicator: str
    region: str = "全国"
    publication: str
    values: dict[int, float]


class Profile(_Part):
    """A layout; see the how-to page for each key."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")
    title: str = ""
    source: Source = Source()
    match: Match = Match()
    rows: Literal["regions", "indicators"] = "regions"
    region: RegionColumn = RegionColumn()
    year: Annotated[list[YearSource], BeforeValidator(_several)] = [
        "column",
        "header",
        "title",
        "page",
    ]
    indicators: list[IndicatorWords] = []
    indicator: str = ""
    indicator_left_of_region: bool = False
    other_columns: Literal["lookup", "problem", "ignore"] = "lookup"
    unit: str = ""
    scopes: Words = ["全市", "市辖区"]
    vintage: Annotated[list[VintageSource], BeforeValidator(_several)] = [
        "column",
        "edition",
        "accessed",
        "year_after",
    ]
    given: Given = Given()
    known: list[Known] = []
    known_years: KnownYears | None = None
    columns: Mapping[str, Words] = {}
    notes: str = ""

    @model_validator(mode="after")
    def _can_be_known(self) -> Profile:
        match = self.match
        if not (match.title or match.header or match.cells):
            raise ValueError(
                "match names no words of the title, the header or the cells; "
                "a file name alone is no evidence of what a table holds"
            )
        unknown = set(self.columns) - set(COLUMN_WORDS)
        if unknown:
            raise ValueError(f"columns: {sorted(unknown)} are none of {sorted(COLUMN_WORDS)}")
        return self

    def words_for(self, role: str) -> Sequence[str]:
        """The headings that mark a column of a role (year, value, unit, …)."""
        return self.columns.get(role, COLUMN_WORDS[role])


# Headings of columns that say something of the row. A profile may replace any list.
COLUMN_WORDS: Mapping[str, Sequence[str]] = {
    "year": ("年份", "年度", "年", "时间", "year"),
    "indicator": ("指标", "指标名称", "指标代码", "indicator", "indicator_code", "variable"),
    "value": ("数值", "值", "指标值", "value"),
    "unit": ("单位", "计量单位", "unit"),
    "vintage": ("版本", "版次", "vintage"),
    "scope": ("口径", "统计范围", "scope"),
    "footnote": ("注释", "附注", "备注", "脚注", "footnote", "note"),
    "code": ("地区代码", "行政区划代码", "行政代码", "region_code", "省份代码", "省代码"),
    "ignore": (
        "序号",
        "排名",
        "位次",
        "region",
        "province",
        "id",
        "no.",
        "英文名称",
        "来源",
        "source",
    ),
}


class ProfileError(ValueError):
    """A profile that cannot be used; the sentence names the file."""


def load_profiles(folder: Path | None = None) -> tuple[Profile, ...]:
    """The shipped profiles and those of a folder (``LANDING/profiles``), by name.

    A profile of the folder may say ``extends: NAME``: it is then that profile with the keys it
    gives put over it. One with the name of a shipped profile takes its place.

    Raises:
        ProfileError: A file is no YAML, has a key or a value that no profile has, or extends
            nothing.
    """
    shipped = _load_shipped()
    if folder is None or not folder.is_dir():
        return tuple(shipped[name][1] for name in sorted(shipped))
    raw = {name: content for name, (content, _) in shipped.items()}
    found = {name: profile for name, (_, profile) in shipped.items()}
    own: set[str] = set()
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        content = _content(path)
        base = content.pop("extends", None)
        if base is not None:
            if base not in raw:
                raise ProfileError(
                    f"{path.name}: extends {str(base)[:80]!r}, which is no profile; "
                    f"there are {', '.join(sorted(raw))}."
                )
            content = _over(raw[base], content)
        profile = _validated(content, path)
        if profile.name in own:
            raise ProfileError(f"{path.name}: another file of the folder is named {profile.name}.")
        own.add(profile.name)
        raw[profile.name] = content
        found[profile.name] = profile
    return tuple(found[name] for name in sorted(found))


def read_profile(text: str, place: str = "profile") -> Profile:
    """A profile from YAML text.

    Raises:
        ProfileError: It is no YAML, or has a key or a value that no profile has.
    """
    return _validated(_parsed(text, place), Path(place))


@cache
def _load_shipped() -> dict[str, tuple[dict[str, Any], Profile]]:
    found = {}
    for path in sorted(SHIPPED.glob("*.yaml")):
        content = _content(path)
        profile = _validated(content, path)
        if profile.name != path.stem:
            raise ProfileError(f"{path.name}: the profile in it is named {profile.name}.")
        found[profile.name] = (content, profile)
    return found


def _content(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_PROFILE:
        raise ProfileError(f"{path.name}: is larger than {LARGEST_PROFILE} bytes; no profile is.")
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path.name}: is not UTF-8 text; save it as UTF-8.") from error


def _parsed(text: str, place: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" at line {line + 1}" if line is not None else ""
        raise ProfileError(f"{place}: is no YAML{where}; check colons and indents.") from error
    if not isinstance(content, dict):
        raise ProfileError(f"{place}: holds no profile; it begins with `name:`.")
    return content


def _validated(content: Mapping[str, Any], path: Path) -> Profile:
    try:
        return Profile.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "profile"
        raise ProfileError(f"{path.name}: {key}: {first['msg']}.") from error


def _over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base with the changes put over it, mappings merged key by key."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        merged[key] = _over(below, value) if both else value  # type: ignore[arg-type]
    return merged
