"""Tables of yearbooks and studies: observations with their cells, corrections, declared panels."""

from __future__ import annotations

from orchestration.tables.table import IS_SAMPLE, Column, Table

_STUDY = Column("study", "varchar", "Name of the study.")

OBSERVATIONS = Table(
    "raw",
    "observations",
    "Every number of every yearbook and tidy table, as printed: a cell of a sheet a row. Missing "
    "ones are kept with their kind; units are converted later.",
    ("path", "sheet", "cell", "indicator_code", "region_printed", "year"),
    (
        Column("file_id", "varchar", "The file it came from (raw.files)."),
        Column("path", "varchar", "Path of that file inside the landing zone."),
        Column("sheet", "varchar", "Sheet inside the file; empty where the format has none."),
        Column("cell", "varchar", "Address of the value, such as B14."),
        Column("region_code", "varchar", "GB/T 2260 code, as text; null for a subtotal."),
        Column("region_printed", "varchar", "The region's name as printed."),
        Column("region_kind", "varchar", "nation, region, or subtotal of regions."),
        Column("year", "integer", "Year that the number is of.", "year"),
        Column("indicator_code", "varchar", "Code of the indicator (staging.indicators)."),
        Column("scope", "varchar", "What it covers where the source says, such as 市辖区."),
        Column("value", "double", "The number in the printed unit; null where missing."),
        Column("raw_value", "varchar", "The printed text."),
        Column(
            "missing",
            "varchar",
            "Why there is no value: blank, not_published, suppressed, nil, error or unreadable.",
        ),
        Column("unit", "varchar", "Unit as printed."),
        Column("unit_source", "varchar", "Where the unit was read."),
        Column("vintage", "varchar", "Edition or access date of the source; sorts by time."),
        Column("vintage_source", "varchar", "Where the vintage was read."),
        Column("footnote", "varchar", "Footnote of the cell or its header; else empty."),
        Column("header", "varchar", "Header of the column, levels joined by ' / '."),
        Column("profile", "varchar", "Layout profile that it was read by."),
        IS_SAMPLE,
        Column("loaded_at", "timestamp", "When a build read it."),
    ),
)

OBSERVATION_PROBLEMS = Table(
    "raw",
    "observation_problems",
    "What the reader of yearbooks noticed and did not refuse the file for, a sentence a row.",
    ("path", "file_id", "locator", "reason"),
    (
        Column("file_id", "varchar", "The file (raw.files)."),
        Column("path", "varchar", "Path of that file inside the landing zone."),
        Column("locator", "varchar", "Sheet and cell; empty for the whole file."),
        Column("reason", "varchar", "What was noticed, in one sentence."),
        Column("hint", "varchar", "What to do about it, in one sentence."),
        IS_SAMPLE,
    ),
)

OBSERVATION_CORRECTIONS = Table(
    "raw",
    "observation_corrections",
    "Known errors of sources, declared in the landing zone's corrections.yaml: which number, what "
    "it says, what it should say, and why.",
    ("indicator_code", "region_code", "year", "vintage", "scope"),
    (
        Column("indicator_code", "varchar", "The indicator."),
        Column("region_code", "varchar", "GB/T 2260 code, as text."),
        Column("year", "integer", "Year that the number is of.", "year"),
        Column("vintage", "varchar", "Edition that is wrong."),
        Column("scope", "varchar", "What the number covers; empty where the source is silent."),
        Column("expect", "double", "The printed number, in the printed unit; a guard."),
        Column("value", "double", "What it should be, in the printed unit; null to drop it."),
        Column("reason", "varchar", "Why it is wrong."),
        Column("source", "varchar", "Where that is known from."),
    ),
)

OWN_INDICATORS = Table(
    "raw",
    "own_indicators",
    "Indicators that the landing zone's indicators.csv adds to those of the program.",
    ("indicator_code",),
    (
        Column("indicator_code", "varchar", "Code of the indicator."),
        Column("name_zh", "varchar", "Chinese name."),
        Column("name_en", "varchar", "English name."),
        Column("unit", "varchar", "Unit that its numbers have from staging on."),
        Column("covers", "varchar", "What it covers."),
        Column("is_additive", "boolean", "Whether the numbers of regions add up."),
        Column("tolerance", "double", "How far provinces may differ from the nation.", "ratio"),
    ),
)

STUDY_PANELS = Table(
    "raw",
    "study_panels",
    "The panel that each study declares: which regions, years, vintages and boundaries.",
    ("study",),
    (
        _STUDY,
        Column("region_level", "varchar", "province or city."),
        Column("first_year", "integer", "First year of the sample.", "year"),
        Column("last_year", "integer", "Last year of the sample.", "year"),
        Column("lags", "integer", "Years before the first that lagged variables need.", "year"),
        Column("excluded_regions", "varchar[]", "Codes of regions that are left out."),
        Column("as_of", "varchar", "Newest vintage that is used; null for the newest there is."),
        Column("boundaries", "varchar", "as_reported or fixed."),
        Column("service_sectors", "varchar", "Classification of producer services."),
        Column("national_totals", "varchar", "sample or published."),
    ),
)

STUDY_VARIABLES = Table(
    "raw",
    "study_variables",
    "The variables of each study, with their formulas as declared and as SQL.",
    ("study", "variable"),
    (
        _STUDY,
        Column("variable", "varchar", "Name of the variable; a column of marts.innovation_panel."),
        Column("position", "integer", "Order in the study file.", "rank"),
        Column("label_zh", "varchar", "Chinese label."),
        Column("label_en", "varchar", "English label."),
        Column("unit", "varchar", "Unit of the variable."),
        Column("formula", "varchar", "As the study file has it."),
        Column("zeros", "varchar", "What becomes of the logarithm of zero: missing or add_one."),
        Column("sql_expression", "varchar", "The formula over the study's inputs, as SQL."),
        Column("sql_reason", "varchar", "Why the variable is missing where it is, as SQL."),
    ),
)

STUDY_INPUTS = Table(
    "raw",
    "study_inputs",
    "What each variable is made of: an indicator, or a column of a mart.",
    ("study", "variable", "input", "lag"),
    (
        _STUDY,
        Column("variable", "varchar", "Name of the variable."),
        Column("input", "varchar", "Indicator code, or table.column."),
        Column("origin", "varchar", "indicator, attention or agglomeration."),
        Column("lag", "integer", "Years that the input is taken before the row's.", "year"),
    ),
)
