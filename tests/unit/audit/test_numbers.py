"""Tables of plain numbers: totals, shares, growth, scores and ranks, conversions."""

from __future__ import annotations

from models_py.audit import WRONG, audit


def wrong(text: str, context: dict[str, object] | None = None) -> set[tuple[str, str]]:
    found = audit(text, context)
    rows = found[found["verdict"].isin(WRONG)]
    return set(zip(rows["rule"], rows["cell"], strict=True))


FABS = "地区,新建晶圆厂\n北美,18\n中国,20\n欧洲和中东,17\n中国台湾,14\n日本和东南亚,6\n韩国,4\n合计,84\n"


def test_regions_that_do_not_add_up() -> None:
    assert wrong(FABS) == {("parts_vs_total", "合计 · 新建晶圆厂")}
    assert wrong(FABS.replace("韩国,4", "韩国,9")) == set()


def test_rows_of_which_and_rates_are_not_added() -> None:
    text = "地区,产量,增长率(%)\n北美,18,2.0\n中国,20,3.1\n其中:江苏,7,4.4\n合计,38,2.6\n"
    assert wrong(text) == set()


def test_shares_and_their_sum() -> None:
    text = "地区,产量,占比(%)\n甲,25.0,25.0\n乙,75.0,75.0\n合计,100.0,100\n"
    assert wrong(text) == set()
    assert ("share_vs_levels", "甲 · 占比(%)") in wrong(text.replace("25.0,25.0", "25.0,35.0"))


def test_growth_by_year_in_rows_or_columns() -> None:
    rows = "年份,产量,同比增长(%)\n2021,100.0,5.0\n2022,110.0,10.0\n2023,99.0,-10.0\n"
    assert wrong(rows) == set()
    assert wrong(rows.replace("-10.0", "-4.0")) == {("growth", "2023 · 同比增长(%)")}
    columns = "指标,2021,2022,2023\n产量,100.0,110.0,99.0\n同比增长(%),5.0,16.0,-10.0\n"
    assert wrong(columns) == {("growth", "2022 · 同比增长(%)")}


def test_real_growth_of_gdp_is_not_held_to_nominal_levels() -> None:
    text = "年份,GDP(亿元),增长率(%)\n2021,100.0,5.0\n2022,110.0,5.2\n2023,119.0,4.9\n"
    assert wrong(text) == set()


def test_scores_and_ranks() -> None:
    text = "城市,得分,排名\n上海,1.065,1\n杭州,0.95,2\n合肥,0.458,3\n宿州,0.029,4\n"
    assert wrong(text) == set()
    assert wrong(text, {"score_max": 1}) == {("score_scheme", "上海 · 得分")}
    swapped = text.replace("0.458,3", "0.458,4").replace("0.029,4", "0.029,3")
    assert wrong(swapped) == {("rank_order", "宿州 / 合肥")}


def test_conversions_in_cells() -> None:
    text = (
        "| 国家 | 投资额 | 内容 |\n|---|---|---|\n| 欧盟 | 81 亿欧元（约 88 亿美元）| 设计 |\n"
        "| 欧盟 | 81 亿欧元（约 86 亿美元） | 研发 |\n| 韩国 | 525 亿韩元（约 4 181 万美元）[40] | 设备 |\n"
    )
    assert {rule for rule, _ in wrong(text)} == {"same_amount_twice"}
    assert wrong(text.replace("88", "86")) == set()
