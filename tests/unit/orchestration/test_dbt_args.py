"""The words of a dbt call."""

from orchestration.dbt_args import build_args


def test_unit_tests_stay_out_of_a_build() -> None:
    assert build_args() == ["build", "--exclude", "resource_type:unit_test"]


def test_years_travel_as_a_variable() -> None:
    assert build_args([2018, 2019])[-2:] == ["--vars", '{"report_years": [2018, 2019]}']


def test_a_full_refresh_drops_the_years_and_only_the_years() -> None:
    args = build_args([2018], full_refresh=True)
    assert args == [*build_args(), "--full-refresh"]
