"""Tables of the models: what ``models_py.study`` fits, each row with where it comes from.

Every number of these tables is Python's; the panel that they are fitted to is
``marts.innovation_panel``.
"""

from __future__ import annotations

from orchestration.tables.table import IS_SAMPLE, Column, Table

_STUDY = Column("study", "varchar", "Name of the study file that declares it.")
_MODEL = Column("model", "varchar", "Name under which the study declares it.")
_TERM = Column("term", "varchar", "Variable, product of two, or const.")
_ESTIMATE = Column("estimate", "double", "Coefficient.", "outcome per unit of the term")
_TESTED = (
    Column("std_error", "double", "Standard error, of the kind se_type.", "as the estimate"),
    Column("t", "double", "Estimate over standard error; a z in count models."),
    Column("p", "double", "Two-sided p value."),
    Column("ci_low", "double", "Lower end of the 95 % interval.", "as the estimate"),
    Column("ci_high", "double", "Upper end of the 95 % interval.", "as the estimate"),
)
_SE_TYPE = Column("se_type", "varchar", "Covariance and small-sample convention.")
_SAMPLE = Column("sample", "varchar", "Rows, regions and years used, and rows left out.")
_SEED = Column("seed", "bigint", "Seed of what was drawn; null where nothing was.", "number")
# Of every row: what was run on what.
_ORIGIN = (
    _SAMPLE,
    _SEED,
    Column("code_version", "varchar", "Digest of the program that fits models."),
    Column(
        "panel_digest",
        "varchar",
        "Digest of the study's rows of marts.innovation_panel that were fitted; the builds that "
        "published these rows have it in quality.builds.panels, under the study's name.",
    ),
    IS_SAMPLE,
)
_N_OBS = Column("n_obs", "bigint", "Rows used.", "region-years")
_N_ENTITIES = Column("n_entities", "bigint", "Regions used.", "regions")

NOTES = Table(
    "models",
    "notes",
    "Everything that studies declare under models: fitted or why not, and what a reader must know.",
    ("study", "section", "model"),
    (
        _STUDY,
        Column("section", "varchar", "Part of the study file, such as regressions."),
        _MODEL,
        Column("status", "varchar", "fitted, or not_fitted."),
        Column("reason", "varchar", "Why it could not be fitted, with file and line."),
        Column("warnings", "varchar[]", "Sentences that belong under the table."),
        Column("source_line", "integer", "Line of the study file that declares it.", "line"),
        Column("origin", "varchar", "Digest of all that the study's rows are made from."),
        *_ORIGIN[2:],
    ),
)
DESCRIPTIVE_STATISTICS = Table(
    "models",
    "descriptive_statistics",
    "Moments of a study's variables, between and within regions.",
    ("study", "block", "variable"),
    (
        _STUDY,
        Column("block", "varchar", "Name of the table in the study, such as levels."),
        Column("variable", "varchar", "Variable of the study."),
        Column("n", "bigint", "Region-years with a value.", "region-years"),
        Column("mean", "double", "Mean.", "as the variable"),
        Column("sd", "double", "Standard deviation (n - 1).", "as the variable"),
        Column("minimum", "double", "Smallest value.", "as the variable"),
        Column("maximum", "double", "Largest value.", "as the variable"),
        Column("p25", "double", "First quartile (R type 7).", "as the variable"),
        Column("median", "double", "Median.", "as the variable"),
        Column("p75", "double", "Third quartile (R type 7).", "as the variable"),
        Column("skewness", "double", "Skewness g1."),
        Column("n_missing", "bigint", "Region-years without a value.", "region-years"),
        Column("sd_between", "double", "Of region means (Stata xtsum).", "as the variable"),
        Column("sd_within", "double", "Of deviations from region means.", "as the variable"),
        Column("within_share", "double", "Share of the variance within regions.", "share"),
        Column("vif_within", "double", "Variance inflation after region and year effects."),
        Column("published", "varchar", "The published table that it stands for."),
        *_ORIGIN,
    ),
)
CORRELATIONS = Table(
    "models",
    "correlations",
    "Pairwise correlations, each over the region-years that have both variables.",
    ("study", "block", "variable_x", "variable_y"),
    (
        _STUDY,
        Column("block", "varchar", "Name of the table in the study."),
        Column("variable_x", "varchar", "Row."),
        Column("variable_y", "varchar", "Column."),
        Column("r", "double", "Pearson's r."),
        Column("p", "double", "Two-sided p of r (t, n - 2); null on the diagonal."),
        Column("n", "bigint", "Region-years with both.", "region-years"),
        Column("stars", "varchar", "*** below 1 %, ** below 5 %, * below 10 %."),
        Column("r_spearman", "double", "Spearman's rank correlation."),
        Column("p_spearman", "double", "Two-sided p of the rank correlation."),
        Column("published", "varchar", "The published table that it stands for."),
        *_ORIGIN,
    ),
)
COEFFICIENTS = Table(
    "models",
    "coefficients",
    "Coefficients of every equation; a mediation has three (.total, .mediator, .outcome), a "
    "moderation two (raw, and .centred).",
    ("study", "model", "term"),
    (
        _STUDY,
        _MODEL,
        Column("outcome", "varchar", "Variable that is explained."),
        _TERM,
        _ESTIMATE,
        *_TESTED,
        Column("stars", "varchar", "*** below 1 %, ** below 5 %, * below 10 %."),
        _SE_TYPE,
        Column("published", "varchar", "The published table and model that it stands for."),
        *_ORIGIN,
    ),
)
FIT_STATISTICS = Table(
    "models",
    "fit_statistics",
    "Sample, R² under its right names, and F of every equation (docs/statistics.md).",
    ("study", "model"),
    (
        _STUDY,
        _MODEL,
        Column("outcome", "varchar", "Variable that is explained."),
        _N_OBS,
        _N_ENTITIES,
        Column("n_periods", "bigint", "Years used.", "years"),
        Column("r2_within", "double", "Explained of what is left after both effects."),
        Column("r2_within_time_dummies", "double", "After region effects; xtreg's within."),
        Column("r2_between", "double", "xtreg's between."),
        Column("r2_overall", "double", "xtreg's overall."),
        Column("r2_inclusive", "double", "All effects counting as regressors; reghdfe's R²."),
        Column("r2_inclusive_adjusted", "double", "The same, adjusted."),
        Column("pseudo_r2", "double", "McFadden's, of count models."),
        Column("f", "double", "Joint test of the slopes."),
        Column("f_df1", "double", "Numerator degrees of freedom."),
        Column("f_df2", "double", "Denominator degrees of freedom."),
        Column("f_p", "double", "p of the joint test."),
        Column("entity_effects", "boolean", "Whether regions have effects."),
        Column("time_effects", "boolean", "Whether years have effects."),
        _SE_TYPE,
        Column("df_t", "double", "Degrees of freedom of t; null for the normal."),
        Column("n_clusters", "bigint", "Clusters of the standard errors.", "clusters"),
        Column("n_missing", "bigint", "Rows left out for a missing variable.", "region-years"),
        Column("n_singletons", "bigint", "Regions or years with a single row.", "groups"),
        Column("n_separated", "bigint", "Rows that tell a count model nothing.", "region-years"),
        Column("engine", "varchar", "linearmodels, gram or statsmodels; the same to 1e-8."),
        Column("published", "varchar", "The published table and model that it stands for."),
        *_ORIGIN,
    ),
)
MEDIATION = Table(
    "models",
    "mediation",
    "Indirect, direct and total effects with bootstrap intervals.",
    ("study", "model", "effect", "ci_method"),
    (
        _STUDY,
        _MODEL,
        Column("outcome", "varchar", "Variable that is explained."),
        Column("treatment", "varchar", "Variable whose effect it is."),
        Column("mediator", "varchar", "Variable it runs through."),
        Column("effect", "varchar", "indirect, direct or total."),
        Column("estimate", "double", "The effect.", "outcome per unit of the treatment"),
        Column("ci_low", "double", "Lower end of the 95 % interval.", "as the estimate"),
        Column("ci_high", "double", "Upper end of the 95 % interval.", "as the estimate"),
        Column("ci_method", "varchar", "percentile, bc or bca."),
        Column("n_bootstrap", "bigint", "Resamples.", "resamples"),
        Column("resample", "varchar", "What was drawn: entity or row."),
        Column(
            "p",
            "double",
            "Twice the smaller share of draws on a side of zero; of percentile rows alone, as it "
            "may contradict the other intervals.",
        ),
        Column("std_error", "double", "Standard deviation of the draws.", "as the estimate"),
        Column("bias", "double", "Mean of the draws less the estimate.", "as the estimate"),
        Column("published", "varchar", "Where the paper prints the effects."),
        _SE_TYPE,
        *_ORIGIN,
    ),
)
MARGINAL_EFFECTS = Table(
    "models",
    "marginal_effects",
    "Effect of a treatment at values of its moderator; kind grid is the plot's line.",
    ("study", "model", "kind", "at"),
    (
        _STUDY,
        _MODEL,
        Column("treatment", "varchar", "Variable whose effect it is."),
        Column("moderator", "varchar", "Variable it depends on."),
        Column("kind", "varchar", "point, or grid for the plot."),
        Column("at", "double", "Value of the moderator.", "as the moderator"),
        Column("effect", "double", "Effect there.", "outcome per unit of the treatment"),
        *_TESTED,
        Column("in_support", "boolean", "Whether the value lies in the sample's range."),
        Column("n_below", "bigint", "Rows at or below it; of the grid.", "region-years"),
        _SE_TYPE,
        *_ORIGIN,
    ),
)
JOHNSON_NEYMAN = Table(
    "models",
    "johnson_neyman",
    "Where a moderated effect is distinguishable from zero.",
    ("study", "model"),
    (
        _STUDY,
        _MODEL,
        Column("treatment", "varchar", "Variable whose effect it is."),
        Column("moderator", "varchar", "Variable it depends on."),
        Column("root_low", "double", "Lower point; null where there is none."),
        Column("root_high", "double", "Upper point; null where there is none."),
        Column("significant", "varchar", "outside, inside, above, below, everywhere, nowhere."),
        Column("support_low", "double", "Smallest value of the moderator."),
        Column("support_high", "double", "Largest value of the moderator."),
        Column("sentence", "varchar", "The same in words."),
        _SE_TYPE,
        *_ORIGIN,
    ),
)
ROBUSTNESS = Table(
    "models",
    "robustness",
    "One thing of a regression changed at a time; a row that cannot be fitted says why.",
    ("study", "block", "check", "choice"),
    (
        _STUDY,
        Column("block", "varchar", "Name of the block in the study."),
        Column("model", "varchar", "The regression that is changed."),
        Column("check", "varchar", "What is changed; the first is the baseline."),
        Column("choice", "varchar", "To what."),
        Column("outcome", "varchar", "Variable that is explained."),
        _TERM,
        _ESTIMATE,
        *_TESTED,
        _N_OBS,
        _N_ENTITIES,
        Column("standardised", "double", "In standard deviations after the effects."),
        Column("sign_flips", "boolean", "Of leave_one_out: the other sign than with everyone."),
        Column("note", "varchar", "Why it cannot be fitted, or what to know."),
        _SE_TYPE,
        *_ORIGIN,
    ),
)
SPECIFICATION_CURVE = Table(
    "models",
    "specification_curve",
    "Every combination of the choices that a study declares.",
    ("study", "curve", "specification_id"),
    (
        _STUDY,
        Column("curve", "varchar", "Name of the curve in the study."),
        Column("model", "varchar", "The regression that says what is not chosen."),
        Column("specification_id", "varchar", "First 12 hex digits of the SHA-256 of choices."),
        Column("choices", "varchar", "The choices, as JSON."),
        Column("outcome", "varchar", "Variable that is explained."),
        _TERM,
        _ESTIMATE,
        *_TESTED,
        _N_OBS,
        _N_ENTITIES,
        Column("standardised", "double", "In standard deviations after the effects."),
        Column("note", "varchar", "Why it cannot be fitted, or what to know."),
        _SE_TYPE,
        *_ORIGIN,
    ),
)
INFERENCE = Table(
    "models",
    "inference",
    "Tests beside a model's own: jackknife and wild bootstrap of every equation with clustered "
    "standard errors, randomisation, placebo, families, omitted variables, power, and what a "
    "specification curve says as a whole.",
    ("study", "model", "regression", "term", "method"),
    (
        _STUDY,
        Column("model", "varchar", "Name of the block in the study, or of the equation."),
        Column(
            "regression",
            "varchar",
            "The equation that is tested, as models.coefficients names it; null where it is none.",
        ),
        Column("term", "varchar", "Term, hypothesis or path."),
        Column("method", "varchar", "Which test or measure (docs/statistics.md)."),
        Column("value", "double", "Estimate or measure; its unit follows from the method."),
        Column("std_error", "double", "Standard error, where the method has one."),
        Column("p", "double", "p value, where the method has one."),
        Column("ci_low", "double", "Lower end of the 95 % interval."),
        Column("ci_high", "double", "Upper end of the 95 % interval."),
        Column("n_draws", "bigint", "Resamples or permutations; all, if enumerated.", "draws"),
        Column("sentence", "varchar", "The finding in words."),
        _SE_TYPE,
        *_ORIGIN,
    ),
)
REPLICATION = Table(
    "models",
    "replication",
    "A published cell beside ours, and why they differ where they do.",
    ("study", "published_table", "cell"),
    (
        _STUDY,
        Column("published_table", "varchar", "Table of the paper."),
        Column("cell", "varchar", "Entity and measure, as marts.published_facts has them."),
        Column("fact_id", "varchar", "The published figure (marts.published_facts)."),
        Column("published_value", "varchar", "As printed."),
        Column("our_table", "varchar", "Table of models that ours is from."),
        Column("our_cell", "varchar", "Model, term and column of ours."),
        Column("our_value", "double", "Ours, unrounded."),
        Column("difference", "double", "Ours less the published number."),
        Column(
            "status",
            "varchar",
            "equal, differs_by_vintage, differs_by_definition, cannot_be_computed or "
            "contradicts_itself.",
        ),
        Column("reason", "varchar", "Why, in words."),
        *_ORIGIN[2:],
    ),
)
MODEL_TABLES = (
    NOTES,
    DESCRIPTIVE_STATISTICS,
    CORRELATIONS,
    COEFFICIENTS,
    FIT_STATISTICS,
    MEDIATION,
    MARGINAL_EFFECTS,
    JOHNSON_NEYMAN,
    ROBUSTNESS,
    SPECIFICATION_CURVE,
    INFERENCE,
)
