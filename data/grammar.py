"""Template grammar of the sample: every sentence a generated report may hold.

Belongs here: sentence templates and how one is expanded. What is planted where belongs in
``plan.py``, file formats in ``formats.py``. All sentences were written for this project.

Three marks are understood in a template:

* ``{12-480}`` or ``{1.0-9.9}``: a figure drawn from the range, with the decimals of its bounds;
* ``{东|西|南}``: one of the alternatives;
* ``[芯片]``: a planted term; ``[高新技术!]企业`` a planted term inside a phrase that the strict
  lexicon takes out. Planted counts are sums over these marks, never counts over finished text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

TERMS = (
    "芯片",
    "半导体",
    "集成电路",
    "晶圆",
    "晶片",
    "电子设计自动化",
    "封测技术",
    "电子元器件",
    "高新技术",
    "高精尖",
)
STRICT_PHRASES = ("高新技术企业", "高新技术产业开发区", "高精尖缺", "半导体照明")

REVIEW_OPENINGS = (
    "一年来，我们照着样本计划一件一件办，{十|十二|二十}项示例任务{全部|如期}销号。",
    "上一年的账已经按示例口径结清，{三|四|五}本台账都经过交叉核对。",
    "回看这一年，示例清单上的事项有进有补，没有一项空转。",
)
REVIEW_NEUTRAL = (
    "样本口径的生产总值增长{4.0-9.0}%，比计划数{高|低}{0.1-0.9}个百分点。",
    "粮食样方实割{120-980}万亩，{东|西|南|北}片田块的验收单全部归档。",
    "养护{国道|省道|县道}{210-960}公里，改造编号桥梁{12-88}座，路灯报修{2-9}小时内到场。",
    "城镇新增岗位{8-60}万个，{示例社区|样本街道}的登记窗口延长到晚上{七|八|九}点。",
    "疏浚{河道|沟渠|湖湾}{30-300}公里，{21-98}个测点的水样结果按月张贴。",
    "给{40-400}所乡村学校换了课桌，{音乐|体育|美术}教师走教{100-900}场。",
    "{市属|县属}医院开出复诊号池{20-90}个，化验单互认{11-77}项。",
    "收到群众来信{3-90}千件，{92-99}%在十五天内写了回信。",
    "并网{风电|光伏|水电}样机{5-60}台，夜间弃电率压到{1.0-6.0}%。",
    "货运班列开行{100-900}列，{冷链|整车|散货}站台候车缩短{11-49}分钟。",
    "公共图书馆夜间开放{120-320}天，{方志|农技|童书}专架借出{5-80}万册次。",
    "停报{重复报表|过期证明|多头台账}{30-300}种，基层填表时间少了{10-40}%。",
    "老旧小区加装{电梯|雨棚|充电桩}{60-990}处，竣工图纸统一存进样本档案库。",
    "示例林带补植{杨|松|榆|槐}树{11-95}万株，秋季成活率{81-97}%。",
)
GOALS = (
    "总体要求是：按示例口径办事，把样本账目做真，把惠民清单做实。主要预期目标是：样本口径的"
    "生产总值再长{5.0-7.5}%上下，城镇岗位净增{10-50}万个，居民钱袋子跟上样本步伐。",
    "今年的思路是稳字当先、以样促面。建议目标为：生产总值样本值增长{5.0-7.5}%上下，物价涨幅"
    "不高于{2.0-3.5}%，单位能耗再降{1.0-3.0}%，粮食样方总产守住{200-900}万吨。",
    "安排今年的事项，先算细账，后定盘子。拟定目标：样本投资增长{4.0-8.0}%，城镇新增岗位"
    "{10-50}万个，空气优良天数的比例达到{80-95}%。",
)
PLAN_LEADS = (
    "（{n}）把样本产业做扎实。",
    "（{n}）让创新链条接得上。",
    "（{n}）把民生小事办在前面。",
    "（{n}）给经营主体减负担。",
    "（{n}）守住生态和安全的底线。",
)
PLAN_NEUTRAL = (
    "再修{农村路|机耕道|林区路}{110-880}公里，汛期前完成{12-77}处边坡复测。",
    "推进{20-90}个编号项目，{春|夏|秋}季集中验收一次，不合格的当场退回。",
    "为{民宿|早餐店|修理铺}等小店开设一张表，办理时间压到{2-9}个工作日。",
    "新增{托育|养老|助残}床位{3-60}千张，探访电话每{周|半月|月}打一次。",
    "建{蔬菜|水果|水产}冷库{10-90}座，产地到样本市场的损耗降到{3-9}%。",
    "给{20-200}个村接通{天然气|自来水|宽带}，入户费用按公示价执行。",
    "开办{木工|护理|数控|烹饪}夜校{30-300}班，结业考试由第三方命题。",
    "植{乔木|灌木}{5-50}万株，{沙地|矿坑|荒坡}恢复面积不少于{2-40}千亩。",
    "检修{锅炉|电梯|储罐}{1-9}千台，隐患单据挂{红|黄|蓝}牌流转。",
    "办好{书市|农民运动会|民歌节}，场馆免费开放{60-300}天。",
    "与{5-30}个外地口岸互认检验单，{鲜花|木材|零件}通关压到{4-20}小时。",
    "财政样本支出的{70-80}%用于民生，{每月|每季}公布一次进度表。",
)
REVIEW_PLANTS = (
    "第{一|二|三|四}号样本园区的[芯片]试制线投片{120-900}批，良率提高{1-9}个百分点。",
    "[集成电路]样例厂达到{12-96}家，配套的[电子元器件]仓库扩建{2-9}座。",
    "[晶圆]试验线月产样片{1-9}万片，[半导体]材料检测站通过计量复核。",
    "认定[高新技术!]企业{80-900}家，[高新技术]成果登记{100-900}项。",
    "示例[高新技术!]产业开发区开工项目{10-90}个，水电气一次接通。",
    "更换[半导体!]照明路灯{2-40}千盏，全年节电{10-40}%。",
    "存储[芯片]样线点亮，车规[芯片]样件送检{20-90}种。",
    "[半导体][芯片]检测台账并入一库，[集成电路]布图登记{30-300}件。",
    "[封测技术]实训班结业{100-900}人，[电子设计自动化]样例软件装机{10-99}套。",
    "[晶片]切割、研磨两道工序改为恒温作业，废片率降到{1.0-4.0}%。",
    "[高精尖]样机展出{20-90}台，成交样单{3-30}份。",
    "[高新技术]产业产值的样本增速为{8-20}%，[半导体]设备样件出口{10-90}批。",
)
PLAN_PLANTS = (
    "支持[芯片]设计样例团队{5-50}个，按节点拨付样本经费。",
    "新建[集成电路]共享测试台{2-20}座，向[半导体]中小厂免费开放{30-90}天。",
    "续建{八|十二}英寸[晶圆]示例线，补齐[电子元器件]和[封测技术]两个短项。",
    "力争[高新技术!]企业总数增加{5-30}%，[高新技术]样本展厅对学生开放。",
    "支持示例[高新技术!]产业开发区扩围{2-20}平方公里。",
    "面向[高精尖!]缺人才发放样本房票{100-900}张。",
    "把[半导体!]照明改造延伸到{20-90}个乡镇。",
    "组织存储[芯片]、功率[芯片]、[半导体][芯片]载板三项样例攻关。",
    "试用国产[电子设计自动化]工具{10-99}套，编好[集成电路]示例教材。",
    "发展[高精尖]样本产业集群{2-9}个，[高新技术]产业样本投资多出{8-20}%。",
    "引导[晶片]抛光、[晶圆]清洗等工序集中入园，废液统一处置。",
    "[电子元器件]交易样本平台上线，[芯片]样品{次日|三日内}可达。",
)
GLOSSARY = (
    "1. [晶圆]：本示例中指制作样件所用的圆形薄片。",
    "2. [封测技术]：本示例中指把[芯片]装入外壳并逐件测试的办法。",
    "3. 样本口径：本示例由程序抽取的数字，与任何统计公报无关。",
    "4. [集成电路]布图登记：本示例中的虚构事项。",
)
CLOSINGS = (
    "各位代表！样本写到这里为止，数字都是随机数。让我们把示例之事一笔一笔记清。",
    "各位代表！示例有限，实干无穷。愿这份样本文本只用于检验程序，不作他用。",
    "各位代表！账目清了，路就好走。今年的样本任务，年底再逐条对账。",
)

_SLOT = re.compile(r"\{([^{}]+)\}")
_MARK = re.compile(r"\[([^\[\]!]+)(!?)\]")


class Draw:
    """Seeded choices built on ``random.random`` alone.

    The standard library promises that ``random()`` repeats for a seed in every Python version;
    it makes no such promise for ``choice``, ``sample`` or ``shuffle``.
    """

    def __init__(self, seed: str) -> None:
        """Start the stream that belongs to ``seed``."""
        self._next = random.Random(seed).random

    def fraction(self) -> float:
        """Return the next number in [0, 1)."""
        return self._next()

    def integer(self, low: int, high: int) -> int:
        """Return a whole number between ``low`` and ``high``, both included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        """Return one of ``options``."""
        return options[self.integer(0, len(options) - 1)]

    def several(self, options: Sequence[T], count: int) -> list[T]:
        """Return ``count`` different ``options`` in a drawn order."""
        keyed = [(self._next(), place) for place in range(len(options))]
        return [options[place] for _, place in sorted(keyed)[:count]]

    def expand(self, template: str) -> str:
        """Fill the figures and alternatives of ``template``; planted marks stay."""
        return _SLOT.sub(self._fill, template)

    def _fill(self, match: re.Match[str]) -> str:
        slot: str = match[1]
        if "|" in slot:
            return self.pick(slot.split("|"))
        low, high = slot.split("-")
        if "." not in low:
            return str(self.integer(int(low), int(high)))
        tenths = self.integer(round(float(low) * 10), round(float(high) * 10))
        return f"{tenths / 10:.1f}"


@dataclass(frozen=True)
class Plant:
    """One planted occurrence: the term, and whether the strict lexicon excludes it."""

    term: str
    excluded: bool


def plants(marked: str) -> Iterator[Plant]:
    """Yield what the marks of ``marked`` plant, in order."""
    for match in _MARK.finditer(marked):
        yield Plant(match[1], bool(match[2]))


def plain(marked: str) -> str:
    """Return ``marked`` as a reader of the report sees it, without planting marks."""
    return _MARK.sub(r"\1", marked)


def unplanted(marked: str) -> str:
    """Return ``marked`` with each planted term blanked out and white space removed."""
    return "".join(_MARK.sub("□", marked).split())
