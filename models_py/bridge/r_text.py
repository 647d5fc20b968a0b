"""R code that scripts of several kinds of model share: reading, effects, covariances, the table.

Base R and sandwich only, so that the scripts run where Debian's or CRAN's R is; every factor is
written out, so that a reader sees what it is. Code is ASCII; texts of users stand in comments only.
"""

from __future__ import annotations

from collections.abc import Sequence

from models_py.bridge.equations import Equation
from models_py.study.declared import TIME

EFFECTS = {"region_id": "factor(region_id)", TIME: f"factor({TIME})"}


def opening(study: str) -> list[str]:
    """Find the folder of the script, and read the data beside it."""
    return [
        'script <- grep("^--file=", commandArgs(FALSE), value = TRUE)',
        'script <- gsub("~+~", " ", sub("^--file=", "", script), fixed = TRUE)',
        "# Run from an editor, the working directory must be this folder.",
        'here <- if (length(script) == 1) dirname(script) else "."',
        "panel <- read.csv(",
        f'  file.path(here, "data", "{study}.csv"), na.strings = "", encoding = "UTF-8",',
        '  colClasses = c(region_code = "character")',
        ")",
    ]


def used_rows(columns: Sequence[str]) -> list[str]:
    """Keep rows that have every column."""
    quoted = ", ".join(f'"{name}"' for name in dict.fromkeys(("region_id", TIME, *columns)))
    return [
        "# Rows with a value in every variable of the model.",
        f"needed <- c({quoted})",
        "used <- panel[complete.cases(panel[needed]), ]",
    ]


def matrix_of(one: Equation, data: str = "used") -> str:
    """Outcome and regressors as a matrix of named columns."""
    columns = [f"{one.outcome} = {one.outcome}"]
    columns += [f"{term.r_name} = {term.r}" for term in one.terms]
    return f"with({data}, cbind({', '.join(columns)}))"


def without_effects(one: Equation) -> list[str]:
    """Functions that take the effects out of columns."""
    formula = " + ".join(EFFECTS[name] for name in one.effects) or "1"
    return [
        "# The effects, taken out of every column by regressing it on dummies (Frisch and Waugh).",
        f"dummies_of <- function(data) model.matrix(~ {formula}, data)",
        "without_effects <- function(data, columns) {",
        "  lm.fit(dummies_of(data), sweep(columns, 2, colMeans(columns)))$residuals",
        "}",
    ]


FIT = """\
# Least squares with the means put back in, so that the constant is reghdfe's: the mean outcome at
# zero regressors.
fit <- function(data, columns) {
  n <- nrow(columns)
  k <- ncol(columns) - 1
  K <- k + qr(dummies_of(data))$rank  # slopes and all effects with the constant
  regions <- length(unique(data$region_id))
  years <- length(unique(data$YEAR))
  within <- without_effects(data, columns)
  means <- colMeans(columns)
  model <- lm(within[, 1] ~ within[, -1, drop = FALSE])
  back <- diag(k + 1)
  back[1, -1] <- -means[-1]
  estimate <- drop(back %*% coef(model))
  estimate[1] <- estimate[1] + means[1]
COVARIANCE
  covariance <- back %*% covariance %*% t(back)
  names(estimate) <- c("const", colnames(columns)[-1])
  dimnames(covariance) <- list(names(estimate), names(estimate))
  list(estimate = estimate, covariance = covariance, df = df, n = n)
}"""

TABLE = """\
# Estimates with standard errors, t (or z, with infinite degrees of freedom), p and 95 % intervals.
tested <- function(term, estimate, std_error, df) {
  reach <- qt(0.975, df) * std_error
  data.frame(
    term, estimate, std_error, t = estimate / std_error, p = 2 * pt(-abs(estimate / std_error), df),
    ci_low = estimate - reach, ci_high = estimate + reach, row.names = NULL
  )
}
report <- function(found) {
  # Slopes first and the constant last, as in our tables.
  order <- c(seq_along(found$estimate)[-1], 1)
  std_error <- suppressWarnings(sqrt(diag(found$covariance)))
  df <- rep_len(found$df, length(order))
  tested(names(found$estimate)[order], unname(found$estimate)[order], std_error[order], df[order])
}"""


def fit_function(one: Equation) -> list[str]:
    """The function that fits a matrix of columns, with the covariance asked for."""
    body = "\n".join(f"  {line}".rstrip() for line in covariance_of(one))
    return [
        *without_effects(one),
        *FIT.replace("YEAR", TIME).replace("COVARIANCE", body).split("\n"),
        *TABLE.split("\n"),
    ]


def closing(stem: str, suffix: str = "_r") -> list[str]:
    """Print the table and write it beside the script."""
    return [
        "print(table, digits = 6, row.names = FALSE)",
        f'write.csv(table, file.path(here, "{stem}{suffix}.csv"), row.names = FALSE, na = "")',
    ]


def covariance_of(one: Equation) -> list[str]:
    """Lines that make ``covariance`` and ``df`` from ``model``.

    Raises:
        KeyError: a covariance that ``panel.fit`` does not have.
    """
    grouped = {"cluster_entity": "regions", "cluster_time": "years"}
    if one.covariance in grouped or one.covariance == "cluster_two_way":
        return _clustered(one)
    return {
        "robust": _robust,
        "unadjusted": _unadjusted,
        "hc0": _robust,
        "hc2": _leveraged,
        "hc3": _leveraged,
        "driscoll_kraay": _driscoll_kraay,
        "jackknife": _jackknife,
        "cr2": _cr2,
    }[one.covariance](one)


def _clustered(one: Equation) -> list[str]:
    sandwich = 'vcovCL(model, cluster = data${}, type = "HC0", cadjust = FALSE)'
    if one.covariance == "cluster_two_way":
        bare = [
            f"covariance <- {sandwich.format('region_id')} +",
            f"  {sandwich.format(TIME)} -",
            '  vcovHC(model, type = "HC0")  # a region and year is one row',
            "G <- min(regions, years)",
        ]
        nested = "k + 1"
        free = False
    elif one.covariance == "cluster_time":
        bare = [f"covariance <- {sandwich.format(TIME)}", "G <- years"]
        nested = "k + 1 + (regions - 1)"
        free = one.entity_effects
    else:
        bare = [f"covariance <- {sandwich.format('region_id')}", "G <- regions"]
        nested = "k + 1 + (years - 1)"
        free = one.time_effects
    counted = nested if free else "k + 1"
    of_groups = "G / (G - 1)"
    # Without effects plm counts the constant among the regressors.
    pooled = "k" if one.effects else "(k + 1)"
    factor, df, said = {
        "reghdfe": (f"{of_groups} * (n - 1) / (n - ({counted}))", "G - 1", "reghdfe, xtreg"),
        "fixest": (f"{of_groups} * (n - 1) / (n - ({counted}))", "G - 1", "fixest, reghdfe"),
        "areg": (f"{of_groups} * (n - 1) / (n - K)", "G - 1", "areg"),
        "plm": (f"{of_groups} * (n - 1) / (n - {pooled})", "n - K", 'plm, type "sss"'),
        "linearmodels": ("n / (n - K)", "n - K", "linearmodels"),
        "clusters_only": (of_groups, "G - 1", "clusters only"),
        "none": ("1", "G - 1", "none"),
    }[one.convention]
    return [
        *bare,
        f"# The factor and degrees of freedom of the convention: {said}.",
        f"covariance <- covariance * ({factor})",
        f"df <- {df}",
    ]


def _robust(one: Equation) -> list[str]:
    bare = one.covariance == "hc0" or one.convention == "none"
    factor = "" if bare else " * n / (n - K)"
    return [f'covariance <- vcovHC(model, type = "HC0"){factor}', "df <- n - K"]


def _unadjusted(one: Equation) -> list[str]:
    divisor = "n" if one.convention == "none" else "(n - K)"
    return [
        "bread <- solve(crossprod(model.matrix(model)))",
        f"covariance <- bread * sum(residuals(model)^2) / {divisor}",
        "df <- n - K",
    ]


def _leveraged(one: Equation) -> list[str]:
    power = "" if one.covariance == "hc2" else "^2"
    return [
        "# Leverages of the regression with dummies; a row that its effects fit counts nothing.",
        "h <- rowSums(qr.Q(qr(cbind(dummies_of(data), within[, -1])))^2)",
        f"omega <- ifelse(1 - h < 1e-10, 0, residuals(model)^2 / (1 - h){power})",
        "covariance <- vcovHC(model, omega = omega)",
        "df <- n - K",
    ]


def _driscoll_kraay(one: Equation) -> list[str]:
    factor, df = {
        "linearmodels": ("n / (n - K)", "n - K"),
        "fixest": ("years / (years - 1) * (n - 1) / (n - K)", "years - 1"),
    }.get(one.convention, ("1", "years - 1"))
    return [
        "# Driscoll and Kraay (1998), Bartlett weights; the slopes' part is plm's vcovSCC, HC0.",
        "lags <- min(floor(4 * (years / 100)^(2 / 9)), years - 1)",
        f"scores <- rowsum(estfun(model), data${TIME})",
        "meat <- crossprod(scores)",
        "for (lag in seq_len(lags)) {",
        "  cross <- crossprod(",
        "    scores[(lag + 1):years, , drop = FALSE], scores[1:(years - lag), , drop = FALSE]",
        "  )",
        "  meat <- meat + (1 - lag / (lags + 1)) * (cross + t(cross))",
        "}",
        "bread <- solve(crossprod(model.matrix(model)))",
        f"covariance <- bread %*% meat %*% bread * ({factor})",
        f"df <- {df}",
    ]


def _jackknife(one: Equation) -> list[str]:
    return [
        "# CV3: what leaving out each region in turn changes.",
        "slopes_without <- function(region) {",
        "  kept <- data$region_id != region",
        "  own <- without_effects(data[kept, ], columns[kept, , drop = FALSE])",
        "  slopes <- lm.fit(own[, -1, drop = FALSE], own[, 1])$coefficients",
        "  centre <- colMeans(columns[kept, , drop = FALSE])",
        "  c(centre[1] - sum(centre[-1] * slopes), slopes)",
        "}",
        "change <- t(sapply(unique(data$region_id), slopes_without) - estimate)",
        "# Brought into the coordinates of the model, from which all are taken back below.",
        "change <- change %*% t(solve(back))",
        "covariance <- (regions - 1) / regions * crossprod(change)",
        "df <- regions - 1",
    ]


def _cr2(one: Equation) -> list[str]:
    others = "model.matrix(~ factor(" + TIME + ") - 1, data)" if one.time_effects else None
    parts = ", ".join(["within[, -1]", others or ("NULL" if one.entity_effects else "1")])
    lines = [
        "# CR2 of Bell and McCaffrey (2002) with Satterthwaite degrees of freedom, as clubSandwich",
        "# has them for a within model (Pustejovsky and Tipton 2018).",
        f"others <- cbind({parts})",
    ]
    if one.entity_effects:
        lines.append("others <- lm.fit(model.matrix(~ factor(region_id), data), others)$residuals")
    return [
        *lines,
        "others <- sweep(others, 2, pmax(sqrt(colSums(others^2)), 1e-300), `/`)",
        "split <- qr(others, tol = 1e-9)",
        "Q <- qr.Q(split)[, seq_len(split$rank), drop = FALSE]",
        "X <- model.matrix(model)",
        "bread <- solve(crossprod(X))",
        "meat <- 0",
        "weights <- array(0, c(n, regions, k + 1))",
        "for (g in seq_len(regions)) {",
        "  rows <- data$region_id == unique(data$region_id)[g]",
        "  parts <- eigen(diag(sum(rows)) - tcrossprod(Q[rows, , drop = FALSE]), symmetric = TRUE)",
        "  roots <- ifelse(parts$values > 1e-10, pmax(parts$values, 1e-10)^-0.5, 0)",
        "  A <- parts$vectors %*% (roots * t(parts$vectors))",
        "  meat <- meat + tcrossprod(t(X[rows, , drop = FALSE]) %*% A %*% residuals(model)[rows])",
        "  weights[rows, g, ] <- A %*% X[rows, , drop = FALSE] %*% bread %*% t(back)",
        "}",
        "covariance <- bread %*% meat %*% bread",
        "df_of <- function(own) {",
        "  products <- crossprod(lm.fit(cbind(dummies_of(data), within[, -1]), own)$residuals)",
        "  sum(diag(products))^2 / sum(products^2)",
        "}",
        "df <- apply(weights, 3, df_of)",
        'attr(df, "of") <- function(contrast) {',
        "  df_of(apply(weights, 1:2, function(own) sum(own * contrast)))",
        "}",
    ]
