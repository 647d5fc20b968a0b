"""Tables of results: what Python computes from marts."""

from __future__ import annotations

from orchestration.tables.table import Column, Table

PUBLISHED_FINDINGS = Table(
    "quality",
    "published_findings",
    "What the audit says of the figures that the papers print, with the arithmetic; the figures "
    "that agree are here too.",
    ("source_id", "published_table", "cell", "rule", "published", "implied", "explanation"),
    (
        Column("source_id", "varchar", "The paper (marts.published_facts)."),
        Column("published_table", "varchar", "Table or section that the figure stands in."),
        Column("cell", "varchar", "The cell, as model and term, or as entity and measure."),
        Column("rule", "varchar", "Name of the rule (docs/audit-rules.md)."),
        Column("published", "varchar", "What is printed."),
        Column("implied", "varchar", "What its neighbours imply, with the arithmetic."),
        Column(
            "verdict",
            "varchar",
            "consistent, inconsistent, impossible, implausible, base_revised or cannot_tell.",
        ),
        Column("severity", "varchar", "high, medium, low or none."),
        Column("explanation", "varchar", "The sentence that a human would write."),
        Column("implied_low", "double", "Lower end of what is implied.", "as published"),
        Column("implied_high", "double", "Upper end of what is implied.", "as published"),
    ),
)
