"""The R script of each kind of model, as text.

Belongs here: what a script computes and writes, in order. Code that they share is in ``r_text``;
escaping in ``escaping``.
"""

from __future__ import annotations

from collections.abc import Sequence

from models_py.bridge.equations import Equation, Term
from models_py.bridge.escaping import Code, comment_lines
from models_py.bridge.r_text import (
    EFFECTS,
    TABLE,
    closing,
    fit_function,
    matrix_of,
    opening,
    used_rows,
)
from models_py.study.declared import TIME, Mediated

SANDWICH = "library(sandwich)"


def fixest(one: Equation, *, counts: bool = False) -> Code:
    """The same model as one command of fixest, or one near it, for the header."""
    right = " + ".join(term.name for term in one.terms)
    bar = f" | {' + '.join(one.effects)}" if one.effects else ""
    clusters = {
        "cluster_entity": "~region_id",
        "cluster_time": f"~{TIME}",
        "cluster_two_way": f"~region_id + {TIME}",
    }
    by = clusters.get(one.covariance)
    ssc = {"areg": 'K.fixef = "full"', "clusters_only": "K.adj = FALSE"}
    rule = "clusters_only" if counts else one.convention
    same = by is not None and (rule in ssc or rule in ("reghdfe", "fixest"))
    said = f", cluster = {by}" if by else ""
    said += f", ssc = ssc({ssc[rule]})" if by and rule in ssc else ""
    command = f"{'fepois' if counts else 'feols'}({one.outcome} ~ {right}{bar}, panel{said})"
    return Code(f"{'The same' if same else 'Its estimates'} with fixest: {command}")


def _script(header: Sequence[str], study: str, *parts: Sequence[str]) -> str:
    lines = [*comment_lines("#", header), *opening(study)]
    for part in parts:
        lines += ["", *part]
    return "\n".join(lines) + "\n"


def regression(header: Sequence[str], study: str, stem: str, one: Equation) -> str:
    """Least squares: a row a term, the constant last."""
    return _script(
        header,
        study,
        [SANDWICH],
        used_rows(one.columns),
        fit_function(one),
        [f"found <- fit(used, {matrix_of(one)})", "table <- report(found)"],
        closing(stem),
    )


def count_model(header: Sequence[str], study: str, stem: str, one: Equation) -> str:
    """Poisson pseudo maximum likelihood with dummies: a row a slope."""
    dummies = [EFFECTS[name] for name in one.effects]
    right = [term.factors[0] if len(term.factors) == 1 else f"I({term.r})" for term in one.terms]
    quoted = ", ".join(f'"{term.name}"' for term in one.terms)
    zeros = []
    if one.effects:
        tests = [f"ave(used${one.outcome}, used${name}, FUN = sum) == 0" for name in one.effects]
        alone = [f"ave(used${one.outcome}, used${name}, FUN = length) == 1" for name in one.effects]
        zeros = [
            "# Groups of one row, or with outcome zero throughout (separation), tell nothing about",
            "# slopes, and ppmlhdfe counts neither. Rows that regressors separate are not sought.",
            "repeat {",
            f"  empty <- {' | '.join([*tests, *alone])}",
            "  if (!any(empty)) break",
            "  used <- used[!empty, ]",
            "}",
        ]
    return _script(
        header,
        study,
        [SANDWICH],
        [*used_rows(one.columns), *zeros],
        [
            "# quasipoisson has the estimates of poisson, without a warning for outcomes that",
            "# are not whole numbers.",
            "model <- glm(",
            f"  {one.outcome} ~ {' + '.join([*right, *dummies])},",
            "  family = quasipoisson, data = used,",
            "  control = glm.control(epsilon = 1e-14, maxit = 200)",
            ")",
            *_count_covariance(one),
            f"slopes <- 1 + seq_len({len(one.terms)})",
        ],
        TABLE.split("\n"),
        [
            f"terms <- c({quoted})",
            "# p values are normal: infinite degrees of freedom.",
            "table <- tested(",
            "  terms, unname(coef(model))[slopes], unname(sqrt(diag(covariance)))[slopes], Inf",
            ")",
        ],
        closing(stem),
    )


def _count_covariance(one: Equation) -> list[str]:
    if one.covariance == "unadjusted":
        return ["covariance <- summary(model, dispersion = 1)$cov.scaled"]
    if one.covariance == "robust":
        return ["covariance <- sandwich(model)"]
    by = "region_id" if one.covariance == "cluster_entity" else TIME
    return [
        "# The factor of ppmlhdfe: G / (G - 1).",
        f"G <- length(unique(used${by}))",
        f'covariance <- vcovCL(model, cluster = used${by}, type = "HC0", cadjust = FALSE) *',
        "  G / (G - 1)",
    ]


def moderation(
    header: Sequence[str],
    study: str,
    stem: str,
    one: Equation,
    roles: tuple[str, str],
    at: tuple[float, ...] | str,
) -> str:
    """The interaction raw and centred, its effects at values, and Johnson-Neyman points.

    Args:
        header: comment lines.
        study: stem of the data file.
        stem: of the script.
        one: the raw equation, whose last of treatment, moderator and product is the product.
        roles: columns of treatment and moderator.
        at: values, or their rule.
    """
    treatment, moderator = roles
    product = f"{treatment}:{moderator}"
    points = {
        "mean_sd": "mean(z) + c(-1, 0, 1) * sd(z)",
        "quantiles": "unname(quantile(z, c(0.10, 0.25, 0.50, 0.75, 0.90)))",
        "grid": "seq(min(z), max(z), length.out = 50)",
    }
    values = points[at] if isinstance(at, str) else f"c({', '.join(repr(float(v)) for v in at)})"
    centred = [f"used${name} <- used${name} - mean(used${name})" for name in roles]
    return _script(
        header,
        study,
        [SANDWICH],
        used_rows((*one.columns, *roles)),
        fit_function(one),
        [f"found <- fit(used, {matrix_of(one)})", "table <- report(found)"],
        [
            "# The effect of the treatment at values of the moderator: b0 + b1 z.",
            f"z <- used${moderator}",
            f"at <- {values}",
            f'b <- found$estimate[c("{treatment}", "{product}")]',
            f'V <- found$covariance[c("{treatment}", "{product}"), c("{treatment}", "{product}")]',
            "variance <- V[1, 1] + 2 * at * V[1, 2] + at^2 * V[2, 2]",
            *_df_of_effects(one),
            'terms <- sprintf("effect_%d", seq_along(at))',
            "effects <- tested(terms, b[1] + b[2] * at, sqrt(variance), df)",
        ],
        JOHNSON_NEYMAN.split("\n"),
        [
            "# The same model with treatment and moderator less their means.",
            *centred,
            f"centred <- report(fit(used, {matrix_of(one)}))",
            'centred$term <- paste0("centred ", centred$term)',
            "table <- rbind(table, centred)",
            "table$at <- NA",
            "table <- rbind(table, cbind(effects, at = at), points)",
        ],
        closing(stem),
    )


def _df_of_effects(one: Equation) -> list[str]:
    """CR2 has degrees of freedom for each effect; Johnson-Neyman points take G - 1 there."""
    if one.covariance != "cr2":
        return ["df <- df_of_points <- found$df"]
    return [
        "contrast <- function(value) {",
        "  out <- 0 * found$estimate",
        "  out[names(b)] <- c(1, value)",
        "  out",
        "}",
        'df <- sapply(at, function(value) attr(found$df, "of")(contrast(value)))',
        "df_of_points <- length(unique(used$region_id)) - 1",
    ]


JOHNSON_NEYMAN = """\
# Johnson and Neyman: where the 95 % interval of the effect touches zero,
# (b0 + b1 z)^2 = t^2 var(b0 + b1 z).
critical <- qt(0.975, df_of_points)^2
square <- unname(b[2]^2 - critical * V[2, 2])
linear <- unname(2 * (b[1] * b[2] - critical * V[1, 2]))
constant <- unname(b[1]^2 - critical * V[1, 1])
inner <- linear^2 - 4 * square * constant
roots <- if (inner > 0) sort((-linear + c(-1, 1) * sqrt(inner)) / (2 * square)) else numeric(0)
terms <- sprintf("johnson_neyman_%d", seq_along(roots))
points <- tested(terms, roots, rep(NA_real_, length(roots)), df_of_points)
points$at <- roots"""


def mediation(
    header: Sequence[str],
    study: str,
    stem: str,
    equations: tuple[Equation, Equation, Equation],
    one: Mediated,
) -> str:
    """Paths, Sobel and a bootstrap with R's own draws.

    Args:
        header: comment lines.
        study: stem of the data file.
        stem: of the script.
        equations: of the mediator, the outcome (mediator first, then treatment) and the total.
        one: what is declared.
    """
    mediator, outcome, total = equations
    x, m = mediator.terms[0].name, outcome.terms[0].name
    return _script(
        header,
        study,
        [SANDWICH],
        used_rows(outcome.columns),
        fit_function(outcome),
        [
            f"mediator <- report(fit(used, {matrix_of(mediator)}))",
            f"outcome <- report(fit(used, {matrix_of(outcome)}))",
            f"total <- report(fit(used, {matrix_of(total)}))",
            "table <- rbind(",
            f'  mediator[mediator$term == "{x}", ], outcome[outcome$term == "{m}", ],',
            f'  total[total$term == "{x}", ], outcome[outcome$term == "{x}", ]',
            ")",
            'table$term <- c("a", "b", "c", "c_prime")',
            "a <- table$estimate[1]",
            "b <- table$estimate[2]",
            "sobel <- sqrt(a^2 * table$std_error[2]^2 + b^2 * table$std_error[1]^2)",
            'table <- rbind(table, tested("sobel", a * b, sobel, Inf))',
        ],
        _paths(equations),
        _draws(one),
        INTERVALS.split("\n"),
        [_kinds(one)],
        closing(stem),
    )


def _paths(equations: tuple[Equation, Equation, Equation]) -> list[str]:
    outcome = equations[1]
    # Columns by place: outcome, mediator, treatment and controls.
    return [
        "# Indirect, direct and total effect of a sample; the total is c' + a b, an identity of",
        "# least squares on one sample.",
        "effects_of <- function(data) {",
        f"  own <- without_effects(data, {matrix_of(outcome, 'data')})",
        "  a <- lm.fit(own[, -(1:2), drop = FALSE], own[, 2])$coefficients[1]",
        "  b <- lm.fit(own[, -1, drop = FALSE], own[, 1])$coefficients[1:2]",
        "  unname(c(a * b[1], b[2], b[2] + a * b[1]))",
        "}",
    ]


def _draws(one: Mediated) -> list[str]:
    lines = [
        "# R's own draws: they differ from ours, and intervals agree within Monte-Carlo error.",
        "# Rscript this_file.R 500 takes 500 draws instead.",
        "arguments <- commandArgs(TRUE)",
        f"draws <- if (length(arguments)) as.integer(arguments[1]) else {int(one.n_bootstrap)}",
        f"set.seed({int(one.seed) % 2**31})",
    ]
    if one.resample == "row":
        return [
            *lines,
            "drawn <- function() used[sample(nrow(used), replace = TRUE), ]",
            "held_out <- function(at) used[-at, ]",
            "units <- seq_len(nrow(used))",
        ]
    return [
        *lines,
        "# A region that is drawn twice counts as two, each with an effect of its own.",
        "rows_of <- split(seq_len(nrow(used)), used$region_id)",
        "drawn <- function() {",
        "  chosen <- rows_of[sample(length(rows_of), replace = TRUE)]",
        "  data <- used[unlist(chosen), ]",
        "  data$region_id <- rep(seq_along(chosen), lengths(chosen))",
        "  data",
        "}",
        "held_out <- function(at) used[-rows_of[[at]], ]",
        "units <- seq_along(rows_of)",
    ]


INTERVALS = """\
point <- effects_of(used)
boot <- t(replicate(draws, effects_of(drawn())))
boot <- boot[complete.cases(boot), , drop = FALSE]
# Percentile, bias-corrected (bc) and accelerated (bca) intervals; Efron and Tibshirani (1993).
interval <- function(at, kind) {
  own <- boot[, at]
  share <- c(0.025, 0.975)
  if (kind != "percentile") {
    half <- 0.5 / length(own)
    z0 <- qnorm(min(max(mean(own < point[at]), half), 1 - half))
    skew <- 0
    if (kind == "bca") {
      change <- mean(without[, at], na.rm = TRUE) - without[, at]
      skew <- sum(change^3, na.rm = TRUE) / (6 * sum(change^2, na.rm = TRUE)^1.5)
    }
    z <- z0 + qnorm(share)
    share <- pnorm(z0 + z / (1 - skew * z))
  }
  unname(quantile(own, share))
}
bootstrapped <- function(kind) {
  ends <- sapply(1:3, interval, kind = kind)
  # Twice the smaller share of draws on a side of zero.
  p <- pmin(1, 2 * pmin(colMeans(boot <= 0), colMeans(boot >= 0)))
  data.frame(
    term = paste(c("indirect", "direct", "total"), kind), estimate = point,
    std_error = apply(boot, 2, sd), t = NA, p = p, ci_low = ends[1, ], ci_high = ends[2, ]
  )
}"""


def _kinds(one: Mediated) -> str:
    kinds = ", ".join(f'"{kind}"' for kind in one.intervals)
    held = "without <- t(sapply(units, function(at) effects_of(held_out(at))))\n"
    return (held if "bca" in one.intervals else "") + (
        f"table <- rbind(table, do.call(rbind, lapply(c({kinds}), bootstrapped)))"
    )


def descriptives(header: Sequence[str], study: str, stem: str, terms: Sequence[Term]) -> str:
    """Moments of each variable and correlations of each pair, in two files."""
    quoted = ", ".join(f'"{term.name}"' for term in terms)
    return _script(
        header,
        study,
        [f"variables <- c({quoted})", *DESCRIBED.split("\n")],
        closing(stem),
        CORRELATED.split("\n"),
        closing(stem, "_correlations_r"),
    )


DESCRIBED = """\
# Standard deviations with n - 1; quantiles by linear interpolation, R's type 7.
moments <- function(name) {
  x <- panel[[name]][is.finite(panel[[name]])]
  ends <- unname(quantile(x, c(0, 0.25, 0.5, 0.75, 1)))
  data.frame(
    variable = name, n = length(x), mean = mean(x), sd = sd(x), minimum = ends[1], p25 = ends[2],
    median = ends[3], p75 = ends[4], maximum = ends[5]
  )
}
table <- do.call(rbind, lapply(variables, moments))"""

CORRELATED = """\
# Pairwise, each over the rows that have both; p from t with n - 2 degrees of freedom.
pair <- function(first, second) {
  both <- is.finite(panel[[first]]) & is.finite(panel[[second]])
  x <- panel[[first]][both]
  y <- panel[[second]][both]
  r <- suppressWarnings(cor(x, y))
  n <- length(x)
  p <- 2 * pt(-abs(r) * sqrt((n - 2) / (1 - r^2)), n - 2)
  data.frame(variable_x = first, variable_y = second, r = r, p = if (first == second) NA else p, n)
}
pairs <- expand.grid(second = variables, first = variables, stringsAsFactors = FALSE)
table <- do.call(rbind, Map(pair, pairs$first, pairs$second))"""
