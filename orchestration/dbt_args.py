"""The words of a dbt call, built without dbt so that they can be tested without it."""

from __future__ import annotations

import json
from collections.abc import Sequence

# dbt unit tests check the SQL, not the data: they run in the test suite, not in a build.
_BUILD = ("build", "--exclude", "resource_type:unit_test")


def build_args(years: Sequence[int] = (), *, full_refresh: bool = False) -> list[str]:
    """Arguments of ``dbt``.

    Args:
        years: report years to rebuild in incremental models; none means all.
        full_refresh: make incremental models anew. It drops the years, and only the years.
    """
    args = [*_BUILD]
    if full_refresh:
        return [*args, "--full-refresh"]
    if years:
        args += ["--vars", json.dumps({"report_years": list(years)})]
    return args
