# ruff: noqa: E501 - a pattern is read better in one line, and a Chinese word counts double
"""What the words at the head of a column or row mean: mean, SE, N, R², fixed effects.

In Chinese and English. What to do with a column of that meaning is decided in ``interpret.py``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from models_py.audit.digits import plain

_DESCRIPTIVE: Final = {
    "n": r"n|obs\.?|observations|count|样本量|样本数|观测值|观测数|观测量|样本",
    "mean": r"mean|average|avg\.?|均值|平均值|平均数|平均|m",
    "sd": r"s\.?d\.?|std\.?|std\.?\s?dev\.?(iation)?|standard\s?deviation|标准差|标准偏差",
    "min": r"min\.?|minimum|最小值|极小值|最小",
    "max": r"max\.?|maximum|最大值|极大值|最大",
    "median": r"median|p50|50%|中位数|med\.?",
    "unit": r"unit|units|单位|类型|type",
    "definition": r"definition|measure|定义|变量定义|测度|说明",
}
_COEFFICIENT: Final = {
    "coef": r"coef\.?|coefficient|coefficients|estimate|est\.?|b|β|beta|effect|系数|回归系数|估计值|"
    r"效应值|效应|effect size|point estimate",
    "se": r"s\.?e\.?|std\.?\s?err(or)?\.?|standard\s?errors?|boot\s?s\.?e\.?|bootse|标准误|标准误差|"
    r"robust s\.?e\.?|boot标准误",
    "t": r"t|z|t[- ]?(stat(istic)?s?|values?|值|统计量)|z[- ]?(stat(istic)?s?|values?|值|统计量)",
    "p": r"p|p[- ]?(values?|值)|p\s?>\s?\|?[tz]\|?|pr\(>\|[tz]\|\)|sig\.?|显著性|prob\.?",
    "ci_low": r"\[?(95|90|99)?%?\s?(conf\.?( interval)?|ci)?\s?(lower|low|下限|下界).*|llci|bootllci|"
    r"ci_?low(er)?|lower.*|下限|下界|\[0\.025|0\.025|2\.5\s?%|.*置信区间下限",
    "ci_high": r"(95|90|99)?%?\s?(conf\.?( interval)?|ci)?\s?(upper|high|上限|上界).*|ulci|bootulci|"
    r"ci_?high|ci_?upper|upper.*|interval\]|上限|上界|0\.975\]?|97\.5\s?%|.*置信区间上限",
    "ci": r"\[?(95|90|99)\s?%.*|.*置信区间.*|ci|.*confidence interval.*|conf\.? interval",
}
_STATISTIC: Final = {
    "n": r"n|obs\.?|n\.? ?obs\.?|observations|(no|number)\.? of obs(ervations|\.)?|num\. ?obs\.?|样本量|"
    r"number of obs|样本数|观测值|观测数|观测量|样本观测值|样本容量",
    "adjusted_r2": r"(adj(usted|\.)?|调整(后)?的?|校正)\s?(within )?-?r-?\s?(2|sq(uared|\.)?)|"
    r"adj\.?-?r2|r2_a|r2_adj(usted)?|ar2",
    "r2_within": r"(within|组内)\s?-?r-?\s?(2|sq(uared|\.)?)|r-?\s?(2|sq(uared|\.)?)\s?\(?(within|组内)\)?"
    r"|r2_w|r2_within",
    "r2_other": r"(pseudo|between|overall|伪|组间|总体)\s?-?r-?\s?(2|sq(uared|\.)?)|"
    r"r-?\s?2\s?\(?(between|overall)\)?|r2_p|r2_b|r2_o",
    "r2": r"r-?\s?\*?(2|sq(uared|\.)?)|r\s?squared?|拟合优度|判定系数|可决系数",
    "f": r"f|f[- ]?(stat(istic)?|value|值|统计量|test)",
    "clusters": r"(no\.? of |number of |n\.? ?|num\.? )?(clusters|groups|provinces|entities|firms|"
    r"countries|ids?|cities|regions)|聚类数|聚类数量|个体数|省份数|城市数|企业数|组数",
    "df": r"df|d\.f\.|residual d\.?f\.?|df_r|df residual|自由度|残差自由度",
}
_OTHER_STATISTIC: Final = (
    r"aic|bic|.*log[- ]?likelihood.*|ll|wald.*|chi-?2.*|hausman.*|rho|sigma.*|.*p[- ]?value.*|prob.*|"
    r"ar\(\d\).*|sargan.*|hansen.*|rmse|root mse|dw|d-w|durbin.*|vif|k-p.*|kleibergen.*|cragg.*|"
    r"sobel.*|mean of dep.*|因变量均值|豪斯曼.*|p值|.*检验"
)
_EFFECT: Final = {
    "share": r".*占比.*|.*(中介|间接|效应).*比例.*|(proportion|share|%|ratio)\b.*|.*\bmediated\b.*",
    "indirect": r".*(\bindirect\b|间接|中介效应|\bacme\b).*|.*\ba\s?[*×·x]\s?b\b.*|ab",
    "direct": r"direct(\s?[:：(（=-].*)?|.*\bdirect (effect|path|impact).*|直接([:：(（].*)?|"
    r".*直接(效应|影响|作用|路径).*|.*\bade\b.*",
    "total": r"total(\s?[:：(（=-].*)?|.*\btotal (effect|path|impact).*|.*总(体)?(效应|影响|作用).*|总的.*",
}
_YES: Final = frozenset({"yes", "y", "是", "√", "✓", "有", "控制", "已控制", "固定", "no", "n", "否", "×",
                         "x", "无", "未控制", "不控制", "控", "未", "✗", "✔", "included", "none"})  # fmt: skip


def _compiled(words: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {role: re.compile(rf"(?:{pattern})", re.IGNORECASE) for role, pattern in words.items()}


_HEADS: Final = {
    "descriptive": _compiled(_DESCRIPTIVE),
    "coefficient": _compiled(_COEFFICIENT),
    "statistic": _compiled(_STATISTIC),
    "effect": _compiled(_EFFECT),
}
_OTHER: Final = re.compile(rf"(?:{_OTHER_STATISTIC})", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def role_of(label: str, family: str) -> str:
    """The role a label names in a family of words, or an empty string.

    Args:
        label: the words.
        family: ``descriptive``, ``coefficient``, ``statistic`` or ``effect``.
    """
    folded = plain(label).strip(" :：").replace("²", "2")
    if not folded or len(folded) > 60:
        return ""
    for role, pattern in _HEADS[family].items():
        if pattern.fullmatch(folded):
            return role
    return ""


@lru_cache(maxsize=20_000)
def is_other_statistic(label: str) -> bool:
    """Whether a row holds a test or criterion that is no coefficient."""
    return bool(_OTHER.fullmatch(plain(label).strip(" :：")))


@lru_cache(maxsize=20_000)
def is_yes_no(text: str) -> bool:
    """Whether a cell says that something is included or not."""
    return plain(text).casefold() in _YES
