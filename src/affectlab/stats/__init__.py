"""Statistics as pure functions on arrays: numpy and scipy only, no data frames, no files, no global randomness.

Each function names its unit of analysis, its assumptions and its source, returns a frozen value with its
interval and the name of its method, and raises `affectlab.errors.DataError` instead of returning a number
that means nothing. Numbers are pinned to R (tests/stats/golden.R); docs/reference/statistics.md has the coverage of
every interval.
"""

from __future__ import annotations

from affectlab.stats.agreement import krippendorff_alpha
from affectlab.stats.anova import Omnibus, anova, repeated_anova, welch_anova
from affectlab.stats.bayes import BayesFactor, jzs, jzs_from_t
from affectlab.stats.binary import (
    cochran_q,
    log_odds_ratio,
    logit_change,
    paired_proportions,
    proportion,
    proportion_difference,
    proportions_test,
    score_test,
)
from affectlab.stats.bootstrap import cluster_bootstrap, crossed_bootstrap
from affectlab.stats.correlation import Correlation, kendall, pearson, spearman
from affectlab.stats.crossed import crossed_incomplete, crossed_t, crossed_welch
from affectlab.stats.detection import Detection, detection
from affectlab.stats.dispersion import sd_ratio
from affectlab.stats.effects import (
    EffectSize,
    d_av,
    d_av_independent,
    d_z,
    hedges_g,
    raw_change,
    raw_difference,
)
from affectlab.stats.equivalence import Equivalence, tost, tost_of, tost_one_sample, tost_paired
from affectlab.stats.estimate import PointEstimate
from affectlab.stats.factorial import FactorialAnova, FactorialEffect, factorial_anova
from affectlab.stats.icc import icc
from affectlab.stats.intervals import cluster_mean, cluster_means, coverage_where_few_work, mean_interval
from affectlab.stats.missing import Bounds, worst_case_difference, worst_case_mean
from affectlab.stats.mixed import MixedModel, mixed_model
from affectlab.stats.moments import Moments, moments_of_sd
from affectlab.stats.multiplicity import benjamini_hochberg, holm
from affectlab.stats.power import crossed_scores, power_independent, power_paired, simulated_power
from affectlab.stats.reliability import cronbach_alpha, omega_total
from affectlab.stats.slopes import SlopesModel, random_slopes
from affectlab.stats.trend import Trend, jonckheere, page_trend
from affectlab.stats.ttest import TTest, one_sample_t, paired_t, student_t, welch_t
from affectlab.stats.variance import (
    Generalizability,
    VarianceComponents,
    generalizability,
    variance_components,
)

__all__ = [
    "BayesFactor",
    "Bounds",
    "Correlation",
    "Detection",
    "EffectSize",
    "Equivalence",
    "FactorialAnova",
    "FactorialEffect",
    "Generalizability",
    "MixedModel",
    "Moments",
    "Omnibus",
    "PointEstimate",
    "SlopesModel",
    "TTest",
    "Trend",
    "VarianceComponents",
    "anova",
    "benjamini_hochberg",
    "cluster_bootstrap",
    "cluster_mean",
    "cluster_means",
    "cochran_q",
    "coverage_where_few_work",
    "cronbach_alpha",
    "crossed_bootstrap",
    "crossed_incomplete",
    "crossed_scores",
    "crossed_t",
    "crossed_welch",
    "d_av",
    "d_av_independent",
    "d_z",
    "detection",
    "factorial_anova",
    "generalizability",
    "hedges_g",
    "holm",
    "icc",
    "jonckheere",
    "jzs",
    "jzs_from_t",
    "kendall",
    "krippendorff_alpha",
    "log_odds_ratio",
    "logit_change",
    "mean_interval",
    "mixed_model",
    "moments_of_sd",
    "omega_total",
    "one_sample_t",
    "page_trend",
    "paired_proportions",
    "paired_t",
    "pearson",
    "power_independent",
    "power_paired",
    "proportion",
    "proportion_difference",
    "proportions_test",
    "random_slopes",
    "raw_change",
    "raw_difference",
    "repeated_anova",
    "score_test",
    "sd_ratio",
    "simulated_power",
    "spearman",
    "student_t",
    "tost",
    "tost_of",
    "tost_one_sample",
    "tost_paired",
    "variance_components",
    "welch_anova",
    "welch_t",
    "worst_case_difference",
    "worst_case_mean",
]
