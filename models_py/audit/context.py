"""What is known of a table beside its digits: N, fixed effects, clusters, which line is t, marks.

Given by the caller (a mapping, or the YAML file of `xinku audit --context`) or read in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

from models_py.audit.digits import plain
from models_py.audit.reference import Convention

_ALIASES: Final = {
    "kind": ("type", "table_kind", "类型", "表类型"),
    "source_id": ("source", "来源", "论文"),
    "table": ("name", "title", "published_table", "表", "表号"),
    "n": ("n_obs", "nobs", "obs", "observations", "sample_size", "样本量", "观测数"),
    "in_parentheses": ("parentheses", "brackets", "second_line", "paren", "括号", "括号内"),
    "fixed_effects": ("fe", "effects", "固定效应"),
    "clusters": ("n_clusters", "cluster_count", "聚类数", "聚类"),
    "covariance": ("se_type", "standard_errors", "标准误"),
    "estimator": ("method", "model", "估计方法", "方法"),
    "stars": ("star_levels", "thresholds", "significance", "星号", "显著性"),
    "integer": ("integers", "integer_variables", "整数", "整数变量"),
    "level": ("confidence", "ci_level", "置信水平"),
    "df": ("residual_df", "自由度"),
    "score_max": ("max_score", "scale_max", "得分上限", "上限"),
    "text": ("intext", "in_text", "正文"),
    "mediation": ("中介",),
}
_KINDS: Final = {
    "regression": ("regression", "回归", "coefficients", "reg"),
    "descriptives": ("descriptives", "descriptive", "描述性统计", "描述", "summary"),
    "correlations": ("correlations", "correlation", "相关", "相关系数", "相关性"),
    "mediation": ("mediation", "中介"),
    "amounts": ("amounts", "amount", "numbers", "金额", "数值", "totals", "growth"),
    "auto": ("auto", "自动"),
}
_STATS: Final = {
    "t": ("t", "z", "t值", "tstat", "t-stat", "t_stat", "tvalue", "t-value", "z值", "t统计量"),
    "se": ("se", "s.e.", "std_error", "stderr", "standard_error", "标准误", "标准差", "标准误差"),
    "p": ("p", "p值", "pvalue", "p-value", "p_value"),
}
_COVARIANCES: Final = {
    "classical": ("classical", "ols", "iid", "unadjusted", "homoskedastic", "普通"),
    "robust": ("robust", "hc0", "hc1", "hc2", "hc3", "white", "稳健"),
    "clustered": ("clustered", "cluster", "cluster_entity", "聚类"),
}
#: Estimators for which the identities of least squares do not hold.
_NOT_LEAST_SQUARES: Final = (
    r"logit|probit|poisson|ppml|tobit|odds ratio|2sls|\biv\b|instrument|gmm|quantile|fgls|"
    r"random[- ]effects?|负二项|泊松|工具变量|分位数|随机效应|多层"
)
_STATISTIC_WORDS: Final = {
    "se": r"标准误|标准差|standard[ -]?error|std\.? ?err|\bs\.?e\b",
    "t": r"(?<![a-z])[tz]\s*(?:统计量|值|检验|[ -]?stat|[ -]?value|[ -]?ratio)|t统计",
    "p": r"(?<![a-z])p\s*(?:值|[ -]?value)",
}
#: Marks a number can carry; a fourth star is a convention nobody can guess.
_MOST_MARKS: Final = 4


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the digits; None or empty where it is unsaid.

    Attributes:
        kind: ``regression``, ``descriptives``, ``correlations``, ``mediation``, ``amounts``.
        source_id: whose table it is.
        table: its name.
        n: observations.
        in_parentheses: ``t``, ``se`` or ``p``.
        in_brackets: the same of a second number printed with a coefficient.
        fixed_effects: levels of each fixed effect absorbed.
        clusters: number of clusters of the standard errors.
        covariance: ``classical``, ``robust`` or ``clustered``.
        linear: False for logit and the like, where no identity of least squares holds.
        convention: what the marks mean.
        integer: variables that are counts.
        items: items averaged into an integer scale, by variable (1 unless said).
        level: of printed intervals.
        df: residual degrees of freedom.
        score_max: largest score that an index's scheme allows.
        text: numbers the text restates: mappings with ``cell``, ``value``, ``p``.
        mediation: mapping with ``treatment``, ``mediator`` and effects.
    """

    kind: str = "auto"
    source_id: str = ""
    table: str = ""
    n: int | None = None
    in_parentheses: str | None = None
    in_brackets: str | None = None
    fixed_effects: Mapping[str, int] = field(default_factory=dict)
    clusters: int | None = None
    covariance: str | None = None
    linear: bool = True
    convention: Convention | None = None
    integer: frozenset[str] = frozenset()
    items: Mapping[str, int] = field(default_factory=dict)
    level: float = 0.95
    df: float | None = None
    score_max: float | None = None
    text: tuple[Mapping[str, Any], ...] = ()
    mediation: Mapping[str, Any] = field(default_factory=dict)


def read_context(given: Mapping[str, Any] | Context | None) -> Context:
    """A context from a mapping of English or Chinese keys.

    Raises:
        ValueError: a key or a value that cannot be meant; the sentence lists those that can.
    """
    if given is None:
        return Context()
    if isinstance(given, Context):
        return given
    if not isinstance(given, Mapping):
        raise ValueError(
            f"The context must be a mapping such as {{n: 155, in_parentheses: t}}, not a "
            f"{type(given).__name__}."
        )
    known: dict[str, Any] = {}
    for key, value in given.items():
        name = _name_of(str(key))
        if value is not None:
            known[name] = value
    return _checked(known)


def notes_context(context: Context, notes: str) -> Context:
    """The context with what the notes of the table say where the caller said nothing."""
    text = plain(notes[:20_000]).lower()
    found: dict[str, Any] = {}
    if context.in_parentheses is None:
        found["in_parentheses"] = _stat_in_notes(text)
    if context.in_brackets is None:
        found["in_brackets"] = _stats_in_brackets(text)[1]
    if context.clusters is None:
        said = re.search(
            r"adjusted for (\d{1,6}) clusters|聚类数(?:量|目)?[:为是]?\s*(\d{1,6})", text
        )
        if said:
            found["clusters"] = int(said[1] or said[2])
    if context.covariance is None:
        if re.search(r"cluster|聚类", text):
            found["covariance"] = "clustered"
        elif re.search(r"robust(?!ness)|稳健标准误|heteroske|hc[0-3]\b|white", text):
            found["covariance"] = "robust"
    if context.convention is None:
        found["convention"] = convention_in(notes)
    if context.linear and re.search(_NOT_LEAST_SQUARES, text):
        found["linear"] = False
    if context.n is None:
        said = re.search(r"(?<![a-z])n\s*=\s*(\d[\d,]*)(?![\d.])", text)
        if said:
            found["n"] = int(said[1].replace(",", ""))
    return replace(context, **{name: value for name, value in found.items() if value is not None})


def convention_in(notes: str) -> Convention | None:
    """What a note says its marks mean, or None.

    Understands ``* p<0.1``, ``***、**和*分别表示在 1%、5%和 10%`` and ``** 在 0.01 级别``.
    """
    text = plain(notes[:20_000])
    pairs = re.findall(r"(?<!\*)(\*{1,4})\s*:?\s*[Pp]\s*(?:<=|<)\s*(0?\.\d+)", text)
    if not pairs:
        pairs = re.findall(r"(?<!\*)(\*{1,4})[^*\d]{0,14}?(0\.\d+)\s*(?:级别|水平|level|\()", text)
    if not pairs:
        pairs = _listed(text)
    levels = {len(mark): float(level) for mark, level in pairs if 0 < float(level) < 1}
    ordered = tuple(levels[count] for count in sorted(levels))
    marks = sorted(levels)
    if not ordered or marks != list(range(1, len(marks) + 1)):
        return None
    if any(later >= sooner for sooner, later in pairwise(ordered)):
        return None
    return Convention("the table's note", ordered)


def _listed(text: str) -> list[tuple[str, str]]:
    for sentence in re.split(r"[;。；\n]", text):
        marks = re.findall(r"\*{1,4}", sentence)
        percents = re.findall(r"(\d+(?:\.\d+)?)\s*%", sentence)
        shares = re.findall(r"(?<![\d.])(0?\.\d+)", sentence)
        if len(marks) >= 2 and len(marks) == len(percents):
            return [(m, str(float(p) / 100)) for m, p in zip(marks, percents, strict=True)]
        if len(marks) >= 2 and len(marks) == len(shares):
            return list(zip(marks, shares, strict=True))
    return []


def _stat_in_notes(text: str) -> str | None:
    said = _stats_in_brackets(text)[0]
    if said:
        return said
    for sentence in re.split(r"[;。；\n]|\.\s", text):
        if re.search(r"括号|括弧|parenthes|bracket|\(\s*\)内", sentence):
            found = _statistic_named(sentence)
            if found:
                return found
    return None


def _stats_in_brackets(text: str) -> tuple[str | None, str | None]:
    """What stands in parentheses and what in brackets, where a note tells the two apart."""
    found: dict[str, str] = {}
    for clause in re.split(r"[;,，。；\n]|\.\s|\band\b|而", text):
        square = re.search(r"方括号|中括号|\[\s*\]|bracket", clause)
        where = "square" if square else "round"
        if square or re.search(r"括号|parenthes|\(\s*\)内", clause):
            found.setdefault(where, _statistic_named(clause) or "")
    return found.get("round") or None, found.get("square") or None


def _statistic_named(words: str) -> str | None:
    """The statistic a clause names; of two, the head noun: the last in Chinese, else the first.

    As in 括号内为聚类稳健标准误调整的 t 值 and "t statistics based on robust standard errors".
    """
    named = [
        (match.start(), name)
        for name, pattern in _STATISTIC_WORDS.items()
        for match in re.finditer(pattern, words)
    ]
    if not named:
        return None
    return max(named)[1] if re.search(r"[\u4e00-\u9fff]", words) else min(named)[1]


def _name_of(key: str) -> str:
    folded = plain(key).casefold().replace(" ", "_").replace("-", "_")
    for name, aliases in _ALIASES.items():
        if folded == name or folded in aliases:
            return name
    if folded in {"entities", "n_entities", "periods", "n_periods", "items"}:
        return folded.removeprefix("n_")
    raise ValueError(
        f"Unknown key {key[:60]!r} in the context; known are: {', '.join((*_ALIASES, 'items'))}."
    )


def _checked(known: Mapping[str, Any]) -> Context:
    effects = _effects(known)
    integer, items = _integers(known)
    estimator = str(known.get("estimator", "")).casefold()
    context = Context(
        kind=_one_of(known.get("kind", "auto"), _KINDS, "kind"),
        source_id=str(known.get("source_id", ""))[:200],
        table=str(known.get("table", ""))[:200],
        n=_count(known.get("n"), "n"),
        in_parentheses=_one_of(known.get("in_parentheses"), _STATS, "in_parentheses") or None,
        fixed_effects=effects,
        clusters=_count(known.get("clusters"), "clusters"),
        covariance=_one_of(known.get("covariance"), _COVARIANCES, "covariance") or None,
        linear=not re.search(_NOT_LEAST_SQUARES, estimator),
        convention=_convention(known.get("stars")),
        integer=integer,
        items=items,
        level=_level(known.get("level", 0.95)),
        df=_positive(known.get("df"), "df"),
        score_max=_positive(known.get("score_max"), "score_max"),
        text=_texts(known.get("text", ())),
        mediation=_mapping(known.get("mediation", {}), "mediation"),
    )
    if context.clusters and context.covariance is None:
        context = replace(context, covariance="clustered")
    return context


def _effects(known: Mapping[str, Any]) -> dict[str, int]:
    given = known.get("fixed_effects", {})
    if isinstance(given, Mapping):
        effects = {
            str(name): _count(levels, "fixed_effects") or 0 for name, levels in given.items()
        }
    elif isinstance(given, (list, tuple)) and all(str(one).strip().isdigit() for one in given):
        effects = {f"effect {at + 1}": int(one) for at, one in enumerate(given)}
    else:
        raise ValueError(
            "fixed_effects must give the number of levels of each, such as {province: 31, year: 5}."
        )
    for name in ("entities", "periods"):
        if name in known and name not in effects:
            effects[name] = _count(known[name], name) or 0
    return {name: levels for name, levels in effects.items() if levels > 0}


def _integers(known: Mapping[str, Any]) -> tuple[frozenset[str], dict[str, int]]:
    given = known.get("integer", ())
    items: dict[str, int] = {}
    if given is True or str(given).casefold() == "true":
        given = ["*"]
    if isinstance(given, str):
        given = [given]
    if isinstance(given, Mapping):
        items = {str(name): _count(count, "integer") or 1 for name, count in given.items()}
    elif not isinstance(given, (list, tuple, set, frozenset)):
        raise ValueError(
            "integer must list the variables that are counts, such as [Patents, Trust], or be true."
        )
    more = known.get("items", {})
    if isinstance(more, Mapping):
        items |= {str(name): _count(count, "items") or 1 for name, count in more.items()}
    else:
        items["*"] = _count(more, "items") or 1
    return frozenset(str(one) for one in given) | frozenset(items), items


def _mapping(given: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ValueError(
            f"{what} must be a mapping, such as {{treatment: Govat, mediator: Hhi, indirect: "
            "{ci: [0.02, 0.19], p: 0.000}}."
        )
    return dict(given)


def _texts(given: Any) -> tuple[Mapping[str, Any], ...]:
    if isinstance(given, Mapping):
        given = [{"cell": cell, "value": value} for cell, value in given.items()]
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, Mapping) for one in given):
        raise ValueError(
            "text must list what the text restates, such as [{cell: 'Model 3 Hhi', value: 0.041, "
            "p: '<0.05'}]."
        )
    return tuple(given)


def _one_of(value: Any, choices: Mapping[str, tuple[str, ...]], what: str) -> str:
    if value is None:
        return ""
    folded = plain(str(value)).casefold().replace(" ", "")
    for name, words in choices.items():
        if folded == name or folded in words:
            return name
    raise ValueError(f"{what} cannot be {str(value)[:60]!r}; it is one of {', '.join(choices)}.")


def _count(value: Any, what: str) -> int | None:
    if value is None:
        return None
    try:
        count = int(str(value).replace(",", ""))
    except ValueError:
        count = 0
    if count < 1:
        raise ValueError(f"{what} must be a whole number above 0, not {str(value)[:60]!r}.")
    return count


def _positive(value: Any, what: str) -> float | None:
    if value is None:
        return None
    try:
        number = float(str(value))
    except ValueError:
        number = 0.0
    if not 0 < number < 1e12:
        raise ValueError(f"{what} must be a number above 0, not {str(value)[:60]!r}.")
    return number


def _level(value: Any) -> float:
    level = _positive(str(value).rstrip("%"), "level") or 0.0
    level = level / 100 if level > 1 else level
    if not 0.5 <= level < 1:
        raise ValueError(f"level must lie between 0.5 and 1 (or 50 and 100 %), not {value!r}.")
    return level


def _convention(given: Any) -> Convention | None:
    if given is None:
        return None
    if isinstance(given, str):
        found = convention_in(given)
        if found is None:
            raise ValueError(
                f"stars could not be read: {given[:80]!r}; write {{'*': 0.1, '**': 0.05}}."
            )
        return found
    if isinstance(given, Mapping):
        levels = {str(mark): _positive(str(level).lstrip("<p "), "stars") for mark, level in
                  given.items()}  # fmt: skip
        ordered = [levels[mark] or 0.0 for mark in sorted(levels, key=len)]
    elif isinstance(given, (list, tuple)):
        ordered = sorted((_positive(level, "stars") or 0.0 for level in given), reverse=True)
    else:
        raise ValueError("stars must give a level for each mark, such as {'*': 0.1, '**': 0.05}.")
    ordered = [level / 100 if level >= 1 else level for level in ordered]
    if not 0 < len(ordered) <= _MOST_MARKS or any(not 0 < level < 1 for level in ordered):
        raise ValueError("stars must give a level for each mark, such as {'*': 0.1, '**': 0.05}.")
    return Convention("the context", tuple(ordered))
