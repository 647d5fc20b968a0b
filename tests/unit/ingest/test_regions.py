"""The region table: names to codes, levels, years, and mentions in running text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.ingest.region_changes import successions
from orchestration.ingest.regions import (
    SEEDS,
    AmbiguousRegion,
    RegionTable,
    UnknownRegion,
)

REPORTS = Path(__file__).parents[3].parent / "shared" / "data" / "landing" / "reports"

PROVINCES = {
    "北京市": "110000", "天津市": "120000", "河北省": "130000", "山西省": "140000",
    "内蒙古自治区": "150000", "辽宁省": "210000", "吉林省": "220000", "黑龙江省": "230000",
    "上海市": "310000", "江苏省": "320000", "浙江省": "330000", "安徽省": "340000",
    "福建省": "350000", "江西省": "360000", "山东省": "370000", "河南省": "410000",
    "湖北省": "420000", "湖南省": "430000", "广东省": "440000", "广西壮族自治区": "450000",
    "海南省": "460000", "重庆市": "500000", "四川省": "510000", "贵州省": "520000",
    "云南省": "530000", "西藏自治区": "540000", "陕西省": "610000", "甘肃省": "620000",
    "青海省": "630000", "宁夏回族自治区": "640000", "新疆维吾尔自治区": "650000",
    "台湾省": "710000", "香港特别行政区": "810000", "澳门特别行政区": "820000",
}  # fmt: skip
CITIES = {
    "北京市": "110000", "天津市": "120000", "上海市": "310000", "重庆市": "500000",
    "南京市": "320100", "无锡市": "320200", "苏州市": "320500", "杭州市": "330100",
    "宁波市": "330200", "合肥市": "340100",
}  # fmt: skip


@pytest.fixture(scope="module")
def table() -> RegionTable:
    """The table that the project ships."""
    return RegionTable.from_seeds()


def found(table: RegionTable, text: str, **where: object) -> list[tuple[str, str]]:
    """Codes and matched text of the mentions."""
    mentions = table.find_all(text, **where)  # type: ignore[arg-type]
    return [(mention.region.code, mention.matched) for mention in mentions]


class TestSeeds:
    def test_every_province_stands_there_once_and_no_other(self, table: RegionTable) -> None:
        assert {p.full_name: p.code for p in table.provinces()} == PROVINCES

    def test_333_prefecture_level_divisions_are_in_force(self) -> None:
        """293 cities, 30 prefectures, 7 areas and 3 leagues since 2019."""
        with (SEEDS / "regions.csv").open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["region_level"] == "city"]
        present = [row for row in rows if not row["valid_to"]]
        # Administered by the province itself; they report like prefecture-level cities.
        direct = {row["full_name"] for row in present if row["region_code"][2:4] == "90"}
        assert direct == {"济源市", "仙桃市", "潜江市", "天门市", "神农架林区"}
        names = [row["full_name"] for row in present if row["full_name"] not in direct]
        suffixes = [sum(n.endswith(s) for n in names) for s in ("市", "自治州", "地区", "盟")]
        assert suffixes == [293, 30, 7, 3]
        assert len(names) == 333

    def test_a_city_lies_in_the_province_its_code_begins_with(self, table: RegionTable) -> None:
        with (SEEDS / "regions.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["region_level"] == "city":
                    assert row["parent_code"] == row["region_code"][:2] + "0000"
                    assert table.get(row["parent_code"]).level == "province"

    def test_an_alias_stands_once_for_a_region(self) -> None:
        with (SEEDS / "region_aliases.csv").open(encoding="utf-8") as file:
            pairs = [(row["alias"], row["region_code"]) for row in csv.DictReader(file)]
        assert len(pairs) == len(set(pairs))

    def test_every_region_answers_to_its_own_names(self, table: RegionTable) -> None:
        with (SEEDS / "regions.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                year = int(row["valid_to"]) - 1 if row["valid_to"] else None
                level = row["region_level"]
                region = table.resolve(row["full_name"], level=level, year=year)  # type: ignore[arg-type]
                assert region.full_name == row["full_name"]

    def test_an_alias_without_a_region_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "regions.csv").write_text(
            "region_code,region_name,full_name,english_name,region_level,parent_code,"
            "valid_from,valid_to\n320000,江苏,江苏省,Jiangsu,province,,,\n",
            encoding="utf-8",
        )
        aliases = tmp_path / "region_aliases.csv"
        header = "alias,region_code,alias_kind,valid_from,valid_to,note\n"
        aliases.write_text(header + "江苏省,320001,full,,,\n", encoding="utf-8")
        with pytest.raises(ValueError, match="320001"):
            RegionTable.from_seeds(tmp_path)

    def test_an_unknown_level_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "regions.csv").write_text(
            "region_code,region_name,full_name,english_name,region_level,parent_code,"
            "valid_from,valid_to\n320000,江苏,江苏省,Jiangsu,state,,,\n",
            encoding="utf-8",
        )
        with pytest.raises(ValueError, match="'state'"):
            RegionTable.from_seeds(tmp_path)

    def test_every_abolished_code_has_a_successor_that_was_in_force(
        self, table: RegionTable
    ) -> None:
        with (SEEDS / "regions.csv").open(encoding="utf-8") as file:
            ended = {row["region_code"] for row in csv.DictReader(file) if row["valid_to"]}
        assert len(ended) == 193
        assert set(successions(SEEDS)) == ended
        for code, followed in successions(SEEDS).items():
            for one in followed:
                successor, last = table.get(one.to_code), table.get(code).valid_to
                assert last is not None
                assert last - 1 <= one.year <= last, (code, one)
                assert (successor.valid_from or 0) <= one.year, (code, one)
                assert one.year <= (successor.valid_to or 9999), (code, one)

    def test_changes_lead_on_in_time(self) -> None:
        """A successor that ends is followed by later changes only, so no chain is a circle."""
        held = successions(SEEDS)
        for code, followed in held.items():
            for one in followed:
                assert all(later.year > one.year for later in held.get(one.to_code, ())), code

    def test_a_code_is_split_or_goes_whole(self) -> None:
        for code, followed in successions(SEEDS).items():
            kinds = {one.kind for one in followed}
            assert kinds == {"split"} if len(followed) > 1 else kinds < {"renamed", "merged"}, code

    def test_a_change_is_held_once(self) -> None:
        with (SEEDS / "region_changes.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        grain = {(row["from_code"], row["to_code"], row["year"]) for row in rows}
        assert len(grain) == len(rows)
        additive = {row["kind"] for row in rows if row["additive"] == "true"}
        assert additive == {"renamed", "merged"}
        assert all(row["source"] for row in rows)

    def test_a_year_of_a_change_that_is_no_number_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "region_changes.csv").write_text(
            "from_code,to_code,year,kind,additive,note,source\n371200,370100,二〇一九,merged,true,,\n",
            encoding="utf-8",
        )
        with pytest.raises(ValueError, match="371200 to 370100 has the year '二〇一九'"):
            successions(tmp_path)

    def test_a_folder_is_read_once(self, table: RegionTable) -> None:
        assert RegionTable.from_seeds(SEEDS) is table


class TestGet:
    def test_code(self, table: RegionTable) -> None:
        nanjing = table.get("320100")
        assert (nanjing.name, nanjing.level, nanjing.parent_code) == ("南京", "city", "320000")
        assert table.get("100000").level == "nation"

    @pytest.mark.parametrize("code", ["", "32", "320101", "999999"])
    def test_other_codes_are_unknown(self, table: RegionTable, code: str) -> None:
        with pytest.raises(UnknownRegion, match="six digits"):
            table.get(code)


class TestResolve:
    @pytest.mark.parametrize(("name", "code"), PROVINCES.items())
    def test_province_by_full_and_short_name(
        self, table: RegionTable, name: str, code: str
    ) -> None:
        assert table.resolve(name).code == code
        assert table.resolve(table.get(code).name, level="province").code == code

    @pytest.mark.parametrize(("name", "code"), CITIES.items())
    def test_big_cities(self, table: RegionTable, name: str, code: str) -> None:
        assert table.resolve(name).code == code
        assert table.resolve(name.removesuffix("市")).code == code

    def test_folders_of_the_real_landing_zone(self, table: RegionTable) -> None:
        if not REPORTS.is_dir():
            pytest.skip("the real landing zone is not beside the project")
        for kind, expected in (("省自治区", PROVINCES), ("主要城市", CITIES)):
            folders = [folder.name for folder in (REPORTS / f"政府工作报告-{kind}").iterdir()]
            assert folders
            for folder in folders:
                assert table.resolve(folder).code == expected[folder]
        assert table.resolve("国务院").code == "100000"

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("内蒙", "150000"), ("内蒙古", "150000"), ("内蒙 古", "150000"),
            ("内蒙占", "150000"), ("Innermongolia", "150000"), ("Inner Mongolia", "150000"),
            ("江两", "360000"), ("两藏", "540000"), ("山两", "140000"),
            ("北   京", "110000"), ("北\u3000京", "110000"), ("黑龙\n江", "230000"),
            ("宁夏自治区", "640000"), ("新疆自治区", "650000"), ("广西自治区", "450000"),
            ("全国", "100000"), ("中国", "100000"), ("全  国", "100000"),
            ("苏", "320000"), ("粤", "440000"), ("SHAANXI", "610000"), ("Shanxi", "140000"),
            ("Jiangsu Province", "320000"), ("Xian", "610100"), ("Xi’an", "610100"),
            ("延边州", "222400"), ("海南州", "632500"), ("海南", "460000"),
            ("菏泽", "371700"), ("荷泽", "371700"), ("白银", "620400"), ("台湾", "710000"),
        ],
    )  # fmt: skip
    def test_variants(self, table: RegionTable, name: str, code: str) -> None:
        assert table.resolve(name).code == code

    @pytest.mark.parametrize("name", ["", "东部地区", "江", "南京市场", "江苏省南京市", "xx"])
    def test_other_names_are_unknown(self, table: RegionTable, name: str) -> None:
        with pytest.raises(UnknownRegion):
            table.resolve(name)

    def test_unknown_says_what_is_near(self, table: RegionTable) -> None:
        with pytest.raises(UnknownRegion, match="江苏") as caught:
            table.resolve("江酥")
        assert "江苏" in caught.value.nearest
        assert len(caught.value.nearest) <= 3

    @pytest.mark.parametrize(
        ("name", "codes"),
        [
            ("吉林", {"220000", "220200"}),
            ("Jilin", {"220000", "220200"}),
            ("Suzhou", {"320500", "341300"}),
            ("Taizhou", {"321200", "331000"}),
        ],
    )
    def test_ambiguous_names_the_candidates(
        self, table: RegionTable, name: str, codes: set[str]
    ) -> None:
        with pytest.raises(AmbiguousRegion) as caught:
            table.resolve(name)
        assert {region.code for region in caught.value.candidates} == codes
        assert all(code in str(caught.value) for code in codes)

    def test_level_decides(self, table: RegionTable) -> None:
        assert table.resolve("吉林", level="province").code == "220000"
        assert table.resolve("吉林", level="city").code == "220200"
        with pytest.raises(UnknownRegion, match="names no province"):
            table.resolve("南京", level="province")

    @pytest.mark.parametrize(
        ("name", "year", "code"),
        [
            ("襄樊", 2005, "420600"), ("襄阳", 2015, "420600"), ("襄阳", None, "420600"),
            ("襄樊", 2010, "420600"), ("襄阳", 2010, "420600"),
            ("襄樊", 2009, "420600"), ("莱芜", 2018, "371200"), ("莱芜", 2019, "371200"),
            ("巢湖", 2010, "341400"), ("巢湖地区", 1998, "342600"), ("淮阴市", 1999, "320800"),
            ("淮安市", 2002, "320800"), ("大庸市", 1990, "430800"), ("玉林地区", 1990, "452500"),
            ("思茅市", 2006, "530800"), ("普洱市", 2008, "530800"), ("思茅地区", 2001, "532700"),
            ("巢湖市", 2010, "341400"), ("巢湖市", 2011, "341400"), ("莱芜市", 2018, "371200"),
            ("毕节", 2005, "522400"), ("毕节", 2011, "520500"), ("毕节", 2020, "520500"),
            ("铜仁", None, "520600"), ("海东", 2012, "632100"), ("海东", 2014, "630200"),
            ("日喀则", 2010, "542300"), ("日喀则市", 2015, "540200"), ("哈密地区", 2015, "652200"),
            ("吐鲁番", 2016, "650400"), ("那曲", 2018, "540600"), ("三沙", 2013, "460300"),
            ("儋州市", 2016, "460400"), ("重庆市", 1990, "510200"), ("重庆市", 1998, "500000"),
        ],
    )  # fmt: skip
    def test_year_decides(self, table: RegionTable, name: str, year: int | None, code: str) -> None:
        assert table.resolve(name, year=year).code == code

    @pytest.mark.parametrize(
        ("name", "year"),
        [
            ("襄樊", 2015), ("襄阳", 2005), ("巢湖市", 2015), ("莱芜", 2020),
            ("三沙", 2005), ("毕节地区", 2015), ("毕节市", 2005),
        ],
    )  # fmt: skip
    def test_outside_its_years_a_name_is_refused(
        self, table: RegionTable, name: str, year: int
    ) -> None:
        with pytest.raises(UnknownRegion, match=f"in {year}; it names"):
            table.resolve(name, year=year)

    @pytest.mark.parametrize(
        ("name", "year", "sentence"),
        [
            ("莱芜", 2020, "Since 2019 the area of 莱芜市 belongs to 济南市 (370100); look"),
            (
                "巢湖市", 2015,
                "Since 2011 the area of 巢湖市 belongs to 合肥市 (340100), 芜湖市 (340200) and "
                "马鞍山市 (340500), which have a part of it each.",
            ),
            ("毕节地区", 2015, "Since 2011 the area of 毕节地区 belongs to 毕节市 (520500);"),
            # By way of 涪陵市, which had ended too.
            ("涪陵地区", 2015, "Since 1997 the area of 涪陵地区 belongs to 重庆市 (500000);"),
            ("涪陵地区", 1996, "Since 1995 the area of 涪陵地区 belongs to 涪陵市 (517000);"),
        ],
    )  # fmt: skip
    def test_an_abolished_region_names_its_successor(
        self, table: RegionTable, name: str, year: int, sentence: str
    ) -> None:
        """A row of 莱芜 in an edition of 2020 is of a district; who reads it must know where."""
        with pytest.raises(UnknownRegion) as caught:
            table.resolve(name, year=year)
        assert sentence in str(caught.value)

    @pytest.mark.parametrize(("name", "year"), [("襄樊", 2015), ("三沙", 2005), ("不存在", 2015)])
    def test_no_successor_is_named_where_none_took_over(
        self, table: RegionTable, name: str, year: int
    ) -> None:
        with pytest.raises(UnknownRegion) as caught:
            table.resolve(name, year=year)
        assert "Since" not in str(caught.value)

    @pytest.mark.parametrize("name", ["吉林", "Jilin", "Suzhou", "Taizhou"])
    @pytest.mark.parametrize("year", [None, 2005, 2012, 2022])
    def test_no_year_settles_a_name_that_two_regions_share(
        self, table: RegionTable, name: str, year: int | None
    ) -> None:
        with pytest.raises(AmbiguousRegion):
            table.resolve(name, year=year)

    @pytest.mark.parametrize(
        ("name", "code"),
        [("台州", "331000"), ("泰州", "321200"), ("苏州", "320500"), ("宿州", "341300")],
    )
    def test_one_spelling_in_pinyin_is_told_apart_in_chinese(
        self, table: RegionTable, name: str, code: str
    ) -> None:
        assert table.resolve(name, year=2020).code == code

    def test_two_regions_of_one_name_in_one_year(self, table: RegionTable) -> None:
        """Until 1983 苏州市 and 苏州地区 stood side by side."""
        with pytest.raises(AmbiguousRegion):
            table.resolve("苏州", year=1982)
        assert table.resolve("苏州", year=1983).code == "320500"


class TestFindAll:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("在四川省第十三届人民代表大会第二次会议上", [("510000", "四川省")]),
            ("在南京市十六届人大三次会议上", [("320100", "南京市")]),
            ("在市十六届人大四次会议上", []),
            ("江苏省南京市", [("320000", "江苏省"), ("320100", "南京市")]),
            ("北京市", [("110000", "北京市")]),
            ("北京", [("110000", "北京")]),
            ("十三届全国人大五次会议", [("100000", "全国人大")]),
            ("吉林省", [("220000", "吉林省")]),
            ("吉林市", [("220200", "吉林市")]),
            ("吉林省吉林市", [("220000", "吉林省"), ("220200", "吉林市")]),
            ("吉林", []),
            ("海南州", [("632500", "海南州")]),
            ("青海省海南藏族自治州", [("630000", "青海省"), ("632500", "海南藏族自治州")]),
            ("海南", [("460000", "海南")]),
            ("济南", [("370100", "济南")]),
            ("河南", [("410000", "河南")]),
            ("内蒙古自治区与内蒙", [("150000", "内蒙古自治区"), ("150000", "内蒙")]),
            ("西藏区党委", [("540000", "西藏")]),
        ],
    )
    def test_mentions(self, table: RegionTable, text: str, expected: list[tuple[str, str]]) -> None:
        assert found(table, text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "河南蒙古族自治县", "乌海市海南区", "恩施市", "上海市南京路", "吉林市场", "黄河南岸",
            "太湖北岸", "珠江西岸", "东海南部", "隆重庆祝", "加快建成都市圈", "全国人大代表",
            "全国前列", "贵金属白银", "苏", "Jiangsu", "江两", "江\n苏",
        ],
    )  # fmt: skip
    def test_words_that_only_look_like_regions(self, table: RegionTable, text: str) -> None:
        codes = {code for code, _ in found(table, text)}
        assert codes <= {"150300", "310000"}  # 乌海市 and 上海市 are really named

    def test_nation(self, table: RegionTable) -> None:
        text = "中华人民共和国第十三届全国人民代表大会"
        assert [code for code, _ in found(table, text)] == ["100000", "100000"]

    @pytest.mark.parametrize(
        ("text", "full"),
        [("国务院政府工作报告", True), ("我代表国务院，", True), ("党中央、国务院", False)],
    )
    def test_a_cited_state_council_is_weak_evidence(
        self, table: RegionTable, text: str, full: bool
    ) -> None:
        """Provincial reports cite it in their first lines (江西, 浙江)."""
        (mention,) = table.find_all(text)
        assert (mention.region.code, mention.full) == ("100000", full)

    @pytest.mark.parametrize(("name", "code"), PROVINCES.items())
    def test_every_province_in_a_sentence(self, table: RegionTable, name: str, code: str) -> None:
        text = f"2019年1月14日在{name}第十三届人民代表大会上"
        (mention,) = table.find_all(text)
        assert (mention.region.code, mention.full) == (code, True)
        assert text[mention.start : mention.end] == mention.matched == name

    def test_blanks_are_passed_over_and_offsets_are_of_the_text(self, table: RegionTable) -> None:
        text = "在 四 川\u3000省 十三届"
        (mention,) = table.find_all(text)
        assert mention.region.code == "510000"
        assert mention.matched == text[mention.start : mention.end] == "四 川\u3000省"

    def test_suffix_is_told(self, table: RegionTable) -> None:
        said = [
            (m.matched, m.full) for m in table.find_all("四川、四川省、延边州、全国人大、襄樊市")
        ]
        assert said == [
            ("四川", False), ("四川省", True), ("延边州", True), ("全国人大", False),
            ("襄樊市", True),
        ]  # fmt: skip

    def test_level_decides(self, table: RegionTable) -> None:
        assert found(table, "吉林", level="province") == [("220000", "吉林")]
        assert found(table, "吉林市", level="province") == []
        assert found(table, "江苏省南京市", level="city") == [("320100", "南京市")]

    def test_year_decides(self, table: RegionTable) -> None:
        assert found(table, "在襄樊市", year=2005) == [("420600", "襄樊市")]
        assert found(table, "在襄樊市", year=2015) == []
        assert found(table, "在襄阳市", year=2015) == [("420600", "襄阳市")]
        assert found(table, "在巢湖市", year=2010) == [("341400", "巢湖市")]

    def test_a_city_knows_its_parent(self, table: RegionTable) -> None:
        (mention,) = table.find_all("无锡市")
        assert mention.region.parent_code == "320000"

    @pytest.mark.parametrize("text", ["", " ", "\u3000\n", "\x00", "省", "市市市"])
    def test_text_without_regions(self, table: RegionTable, text: str) -> None:
        assert table.find_all(text) == []
