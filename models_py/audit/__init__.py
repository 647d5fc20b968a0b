"""Audit of published statistics: what a printed table implies of itself.

Here belong the structures of published tables, the rules that judge them, and the readers of
pasted tables. Facts as warehouse rows are turned into these structures by ``published/``; loading
and storing them is not here.
"""

from models_py.audit.api import audit
from models_py.audit.context import Context, read_context
from models_py.audit.findings import COLUMNS, WRONG, Check, Finding
from models_py.audit.model import (
    Amount,
    CorrelationMatrix,
    Descriptive,
    Effect,
    Estimate,
    Mediation,
    Numbers,
    PublishedTable,
    RegressionColumn,
)
from models_py.audit.published import audit_published

__all__ = [
    "COLUMNS", "WRONG", "Amount", "Check", "Context", "CorrelationMatrix", "Descriptive", "Effect",
    "Estimate", "Finding", "Mediation", "Numbers", "PublishedTable", "RegressionColumn", "audit",
    "audit_published", "read_context",
]  # fmt: skip
