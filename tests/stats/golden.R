# Golden values of tests/stats: what R says about data that are made or quoted here.
#
#   Rscript tests/stats/golden.R          writes golden.json beside this file
#
# Debian: r-base-core r-cran-lme4 r-cran-lmertest r-cran-psych r-cran-gparotation r-cran-lavaan r-cran-bayesfactor
#         r-cran-effectsize r-cran-metafor r-cran-clubsandwich r-cran-afex r-cran-jsonlite
# Data are rounded before they are used, so that the file holds exactly what R computed on.

suppressPackageStartupMessages({
  library(lme4); library(lmerTest); library(psych); library(lavaan); library(BayesFactor)
  library(effectsize); library(metafor); library(clubSandwich); library(jsonlite)
})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20261124)
golden <- list()

# --- data ------------------------------------------------------------------------------------------------------------
x <- round(rnorm(12, 60, 12), 2)
y <- round(rnorm(9, 48, 5), 2)
before <- round(rnorm(10, 40, 9), 2)
after <- round(before + rnorm(10, 7, 6), 2)
golden$data <- list(x = x, y = y, before = before, after = after,
                    sleep1 = sleep$extra[sleep$group == 1], sleep2 = sleep$extra[sleep$group == 2])

# --- t tests ---------------------------------------------------------------------------------------------------------
t_result <- function(t) list(t = unname(t$statistic), df = unname(t$parameter), p = t$p.value, low = t$conf.int[1],
                             high = t$conf.int[2])
golden$ttest <- list(
  welch = t_result(t.test(x, y)),
  welch_90 = t_result(t.test(x, y, conf.level = 0.9)),
  student = t_result(t.test(x, y, var.equal = TRUE)),
  paired = t_result(t.test(after, before, paired = TRUE)),
  one_sample = t_result(t.test(x, mu = 55)),
  sleep_paired = t_result(t.test(golden$data$sleep1, golden$data$sleep2, paired = TRUE)),
  sleep_welch = t_result(t.test(golden$data$sleep1, golden$data$sleep2))
)

# --- effect sizes ----------------------------------------------------------------------------------------------------
es <- function(e) list(value = e[[1]], low = e$CI_low, high = e$CI_high)
average <- escalc("SMDH", m1i = mean(x), m2i = mean(y), sd1i = sd(x), sd2i = sd(y), n1i = 12, n2i = 9)
bonett_paired <- function(a, b, level = 0.95) {   # Bonett (2008), written a second time
  n <- length(a); r <- cor(a, b); s <- sqrt((var(a) + var(b)) / 2); d <- (mean(a) - mean(b)) / s
  se <- sqrt(d^2 * (sd(a)^4 + sd(b)^4 + 2 * r^2 * var(a) * var(b)) / (8 * (n - 1) * s^4) + var(a - b) / ((n - 1) * s^2))
  list(d = d, g = sqrt((n - 2) / (n - 1)) * d, low = d - qnorm((1 + level) / 2) * se, high = d + qnorm((1 + level) / 2) * se)
}
bonett_independent <- function(a, b, level = 0.95) {
  s2 <- (var(a) + var(b)) / 2; d <- (mean(a) - mean(b)) / sqrt(s2); f <- c(length(a), length(b)) - 1
  se <- sqrt(d^2 * (var(a)^2 / f[1] + var(b)^2 / f[2]) / (8 * s2^2) + (var(a) / f[1] + var(b) / f[2]) / s2)
  list(d = d, low = d - qnorm((1 + level) / 2) * se, high = d + qnorm((1 + level) / 2) * se)
}
golden$effects <- list(
  cohens_d = es(cohens_d(x, y, pooled_sd = TRUE, ci = 0.95)),
  hedges_g = es(hedges_g(x, y, pooled_sd = TRUE, ci = 0.95)),
  d_z = es(cohens_d(after, before, paired = TRUE, ci = 0.95)),
  g_z = es(hedges_g(after, before, paired = TRUE, ci = 0.95)),
  smdh = list(g = as.numeric(average$yi)),
  d_av = bonett_paired(after, before),
  d_av_independent = bonett_independent(x, y)
)

# --- equivalence -----------------------------------------------------------------------------------------------------
tost <- function(...) list(p_lower = t.test(..., mu = -15, alternative = "greater")$p.value,
                           p_upper = t.test(..., mu = 15, alternative = "less")$p.value,
                           low = t.test(..., conf.level = 0.9)$conf.int[1], high = t.test(..., conf.level = 0.9)$conf.int[2])
golden$tost <- list(welch = tost(x, y), paired = tost(after, before, paired = TRUE), one_sample = tost(x - 55))

# --- Bayes factors: BayesFactor's own, and the integral by R with a tighter tolerance --------------------------------
jzs_integral <- function(t, n, df, r) {
  log_f <- function(u) {
    s <- 1 + n * exp(u) * r^2
    -0.5 * log(s) - (df + 1) / 2 * log1p(t^2 / (s * df)) - 0.5 * log(2 * pi) - u / 2 - exp(-u) / 2
  }
  top <- optimize(log_f, c(-20, 60), maximum = TRUE)
  f <- function(u) exp(log_f(u) - top$objective)
  area <- integrate(f, top$maximum - 12, top$maximum, rel.tol = 1e-11, subdivisions = 1000)$value +
    integrate(f, top$maximum, top$maximum + 60, rel.tol = 1e-11, subdivisions = 1000)$value
  top$objective + log(area) + (df + 1) / 2 * log1p(t^2 / df)
}
bf_cases <- data.frame(t = c(0, 0.7, 2.24, -3.6, 7.23, 25, 2.03, 3.6, 60), n1 = c(10, 100, 80, 12, 15, 20, 30, 5, 40),
                       n2 = c(0, 0, 0, 0, 0, 0, 50, 5, 40), r = c(sqrt(2) / 2, 1, sqrt(2) / 2, 0.5, sqrt(2) / 2, 1, 1,
                                                                  sqrt(2) / 2, sqrt(2) / 2))
bf_cases$bayesfactor <- mapply(function(t, n1, n2, r) ttest.tstat(t, n1, n2, rscale = r)$bf, bf_cases$t, bf_cases$n1,
                               bf_cases$n2, bf_cases$r)
bf_cases$log_bf10 <- mapply(function(t, n1, n2, r) jzs_integral(t, if (n2) n1 * n2 / (n1 + n2) else n1,
                                                                if (n2) n1 + n2 - 2 else n1 - 1, r),
                            bf_cases$t, bf_cases$n1, bf_cases$n2, bf_cases$r)
golden$bayes <- bf_cases

# --- multiplicity ----------------------------------------------------------------------------------------------------
p <- c(0.01, 0.04, 0.03, 0.005, 0.5, 0.04, 1, 2e-9, 0.0499)
golden$multiplicity <- list(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))

# --- yes or no -------------------------------------------------------------------------------------------------------
wilson <- data.frame(x = c(0, 3, 15, 20, 81), n = c(20, 20, 20, 20, 263))
wilson$low <- mapply(function(x, n) prop.test(x, n, correct = FALSE)$conf.int[1], wilson$x, wilson$n)
wilson$high <- mapply(function(x, n) prop.test(x, n, correct = FALSE)$conf.int[2], wilson$x, wilson$n)
rao <- function(psi, a, n1, c, n2) {   # score test of a log-odds ratio of psi, from the Pearson residuals of a restricted glm
  data <- data.frame(s = c(a, c), f = c(n1 - a, n2 - c), g = c(1, 0))
  null <- suppressWarnings(glm(cbind(s, f) ~ 1, offset = psi * g, family = binomial, data = data,
                               control = glm.control(epsilon = 1e-14, maxit = 200)))
  sum(residuals(null, type = "pearson")^2) * (n1 + n2 - 1) / (n1 + n2)
}
odds <- data.frame(a = c(15, 3, 40, 10, 7), n1 = c(20, 30, 60, 10, 12), c = c(6, 9, 38, 4, 7), n2 = c(20, 25, 90, 10, 12))
log_or <- function(a, n1, c, n2) log((a + .5) * (n2 - c + .5) / ((n1 - a + .5) * (c + .5)))
edge <- function(a, n1, c, n2, sign) {
  value <- log_or(a, n1, c, n2); f <- function(psi) rao(psi, a, n1, c, n2) - qchisq(0.95, 1)
  if (sign > 0 && (a == n1 || c == 0)) return(NA)
  if (sign < 0 && (a == 0 || c == n2)) return(NA)
  uniroot(f, sort(c(value, value + 7 * sign)), tol = 1e-11)$root
}
odds$value <- mapply(log_or, odds$a, odds$n1, odds$c, odds$n2)
odds$low <- mapply(edge, odds$a, odds$n1, odds$c, odds$n2, -1)
odds$high <- mapply(edge, odds$a, odds$n1, odds$c, odds$n2, 1)
p1 <- round(runif(8, 0.3, 0.95), 3); p2 <- round(p1 * runif(8, 0.5, 0.9), 3)
golden$binary <- list(wilson = wilson, odds = odds, p1 = p1, p2 = p2,
                      logit = as.numeric(t.test(qlogis(p1) - qlogis(p2))$conf.int))

# --- correlations and trend ------------------------------------------------------------------------------------------
u <- round(rnorm(14), 2); v <- round(0.6 * u + rnorm(14), 2)
u8 <- u[1:8]; v8 <- v[1:8]
tied_u <- c(1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 7); tied_v <- c(2, 1, 3, 3, 2, 5, 5, 4, 7, 6, 7, 7)
test <- function(...) { t <- suppressWarnings(cor.test(...)); list(value = unname(t$estimate), p = t$p.value) }
pearson <- cor.test(u, v)
page_t <- round(matrix(rnorm(40), 8) + outer(rep(1, 8), 0:4) * 0.4, 2)
groups <- list(c(40, 35, 38, 43, 44, 41), c(38, 40, 47, 44, 40, 42), c(48, 40, 45, 43, 46, 44))
golden$rank <- list(
  u = u, v = v, tied_u = tied_u, tied_v = tied_v,
  pearson = list(value = unname(pearson$estimate), p = pearson$p.value, low = pearson$conf.int[1], high = pearson$conf.int[2]),
  spearman = test(u, v, method = "spearman", exact = FALSE),
  spearman_8 = test(u8, v8, method = "spearman"),
  spearman_tied = test(tied_u, tied_v, method = "spearman", exact = FALSE),
  kendall = test(u, v, method = "kendall"),
  kendall_tied = test(tied_u, tied_v, method = "kendall", exact = FALSE),
  jonckheere = list(groups = groups, z = unname(cor.test(rep(1:3, each = 6), unlist(groups), method = "kendall",
                                                         exact = FALSE)$statistic)),
  page = list(table = page_t)
)

# --- reliability -----------------------------------------------------------------------------------------------------
factor_score <- rnorm(120)
items <- round(outer(factor_score, c(0.9, 0.7, 0.6, 0.8, 0.5)) + matrix(rnorm(600, sd = 0.7), 120) * rep(c(1, 1.4, 1, 0.8, 1.2),
                                                                                                     each = 120), 3)
colnames(items) <- paste0("i", 1:5)
a <- suppressWarnings(psych::alpha(as.data.frame(items), warnings = FALSE))
fit <- cfa("f =~ NA*i1 + a*i1 + b*i2 + c*i3 + d*i4 + e*i5
            f ~~ 1*f
            i1 ~~ p*i1
            i2 ~~ q*i2
            i3 ~~ r*i3
            i4 ~~ s*i4
            i5 ~~ t*i5
            omega := (a + b + c + d + e)^2 / ((a + b + c + d + e)^2 + p + q + r + s + t)", data = as.data.frame(items))
omega <- subset(parameterEstimates(fit), lhs == "omega")
shrout_fleiss <- matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), 6, byrow = TRUE)
raters <- round(outer(rnorm(15, sd = 2), rep(1, 4)) + outer(rep(1, 15), c(0, 0.5, -0.5, 1)) + matrix(rnorm(60), 15), 2)
icc_table <- function(m) {
  r <- suppressWarnings(psych::ICC(m, lmer = FALSE))$results
  list(form = c("1", "A,1", "C,1", "1,k", "A,k", "C,k"), value = r$ICC, low = r$`lower bound`, high = r$`upper bound`)
}
golden$reliability <- list(
  items = items, alpha = list(value = a$total$raw_alpha, low = a$feldt$lower.ci[[1]], high = a$feldt$upper.ci[[1]]),
  omega = list(value = omega$est, se = omega$se, low = omega$ci.lower, high = omega$ci.upper),
  shrout_fleiss = shrout_fleiss, raters = raters,
  icc_shrout_fleiss = icc_table(shrout_fleiss), icc_raters = icc_table(raters)
)

# --- Krippendorff's alpha, pair by pair, not by coincidences -----------------------------------------------------------
codes <- matrix(sample(1:4, 60, TRUE, prob = c(4, 3, 2, 1)), 15)
for (j in 2:4) { same <- runif(15) < 0.6; codes[same, j] <- codes[same, 1] }
codes[sample(60, 11)] <- NA
kripp <- function(m, metric) {
  keep <- rowSums(!is.na(m)) > 1; m <- m[keep, ]
  all_values <- m[!is.na(m)]; n <- length(all_values)
  delta <- function(a, b) switch(metric,
    nominal = as.numeric(a != b), interval = (a - b)^2, ratio = ((a - b) / (a + b))^2,
    ordinal = { lo <- min(a, b); hi <- max(a, b)
                if (lo == hi) 0 else (sum(all_values >= lo & all_values <= hi) - (sum(all_values == lo) + sum(all_values == hi)) / 2)^2 })
  within <- 0
  for (i in seq_len(nrow(m))) {
    w <- m[i, !is.na(m[i, ])]
    for (j in seq_along(w)) for (k in seq_along(w)) if (j != k) within <- within + delta(w[j], w[k]) / (length(w) - 1)
  }
  between <- 0
  for (j in seq_len(n)) for (k in seq_len(n)) if (j != k) between <- between + delta(all_values[j], all_values[k])
  1 - (within / n) / (between / (n * (n - 1)))
}
golden$krippendorff <- list(codes = codes, nominal = kripp(codes, "nominal"), ordinal = kripp(codes, "ordinal"),
                            interval = kripp(codes, "interval"), ratio = kripp(codes, "ratio"))

# --- variance components ---------------------------------------------------------------------------------------------
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))
full <- expand.grid(wording = 1:4, frame = 1:4, vignette = 1:8)
effect <- function(f, sd) rnorm(max(f), sd = sd)[f]
full$y <- with(full, round(50 + effect(vignette, 8) + effect(wording, 5) + effect(frame, 10) +
                             effect((vignette - 1) * 4 + wording, 3) + effect((vignette - 1) * 4 + frame, 4) +
                             effect((wording - 1) * 4 + frame, 3) + rnorm(nrow(full), sd = 2), 3))
vc <- function(m) { v <- as.data.frame(VarCorr(m)); setNames(as.list(v$vcov), v$grp) }
full_fit <- lmer(y ~ 1 + (1 | vignette) + (1 | wording) + (1 | frame) + (1 | vignette:wording) + (1 | vignette:frame) +
                   (1 | wording:frame), full, control = control)
main_fit <- lmer(y ~ 1 + (1 | vignette) + (1 | wording) + (1 | frame), full, control = control)
part <- full[sort(sample(nrow(full), 70)), ]
part_fit <- lmer(y ~ 1 + (1 | vignette) + (1 | wording) + (1 | frame) + (1 | vignette:wording), part, control = control)
part_main <- lmer(y ~ 1 + (1 | vignette) + (1 | wording) + (1 | frame), part, control = control)
crossed <- expand.grid(column = 1:6, row = 1:9)
crossed$y <- with(crossed, round(20 + effect(row, 4) + effect(column, 3) + rnorm(54, sd = 2), 3))
crossed_fit <- lmer(y ~ 1 + (1 | row) + (1 | column), crossed, control = control)
golden$variance <- list(
  full = full, full_fit = vc(full_fit), main_fit = vc(main_fit),
  part = part, part_fit = vc(part_fit), part_main = vc(part_main), part_mean = unname(fixef(part_main)),
  crossed = matrix(crossed$y, 9, byrow = TRUE), crossed_mean = unname(fixef(crossed_fit)),
  crossed_se = unname(sqrt(vcov(crossed_fit)[1, 1])), crossed_df = unname(coef(summary(crossed_fit))[1, "df"])
)

# --- clusters --------------------------------------------------------------------------------------------------------
cluster <- rep(1:8, c(3, 5, 2, 4, 6, 3, 1, 4))
answers <- round(50 + effect(cluster, 6) + rnorm(28, sd = 3), 2)
one <- data.frame(y = answers, g = cluster)
model <- lm(y ~ 1, one)
between <- t.test(tapply(answers, cluster, mean))
golden$cluster <- list(answers = answers, cluster = cluster, row_mean = mean(answers),
                       cr1_se = sqrt(as.numeric(vcovCR(model, cluster = one$g, type = "CR1"))),
                       mean = unname(between$estimate), low = between$conf.int[1], high = between$conf.int[2])

# --- signal detection ------------------------------------------------------------------------------------------------
sdt <- data.frame(hits = c(20, 15, 25, 9.4), misses = c(5, 10, 0, 3.6), fa = c(6, 12, 3, 5.5), cr = c(19, 13, 22, 7.5))
h <- (sdt$hits + .5) / (sdt$hits + sdt$misses + 1); f <- (sdt$fa + .5) / (sdt$fa + sdt$cr + 1)
sdt$d_prime <- qnorm(h) - qnorm(f); sdt$criterion <- -(qnorm(h) + qnorm(f)) / 2
sdt$log_beta <- dnorm(qnorm(h), log = TRUE) - dnorm(qnorm(f), log = TRUE)
golden$detection <- sdt

# --- spread and power ------------------------------------------------------------------------------------------------
sd_ratio <- function(a, b) {   # Bonett (2006), the test inverted at each ratio (Banga & Fox, 2013), written a second time
  z <- qnorm(0.975); n <- c(length(a), length(b)); k <- n / (n - z)
  m <- c(mean(a, trim = 1 / (2 * sqrt(n[1] - 4))), mean(b, trim = 1 / (2 * sqrt(n[2] - 4))))
  outside <- function(rho) {
    kurtosis <- sum(n) * (sum((a - m[1])^4) + rho^4 * sum((b - m[2])^4)) /
      ((n[1] - 1) * var(a) + rho^2 * (n[2] - 1) * var(b))^2
    abs(log(k[1] / k[2] * var(a) / var(b) / rho^2)) - z * sqrt(sum((kurtosis - (n - 3) / n) / (n - 1)))
  }
  middle <- sqrt(k[1] / k[2] * var(a) / var(b))
  list(value = sd(a) / sd(b), low = uniroot(outside, c(middle / 100, middle), tol = 1e-12)$root,
       high = uniroot(outside, c(middle, middle * 100), tol = 1e-12)$root)
}
golden$sd_ratio <- sd_ratio(x, y)
golden$power <- list(paired = power.t.test(n = 34, delta = 0.5, type = "paired", strict = TRUE)$power,
                     independent = power.t.test(n = 64, delta = 0.5, strict = TRUE)$power,
                     null = power.t.test(n = 10, delta = 0, type = "paired", strict = TRUE)$power)

# --- mixed models: intercepts only, and conditions that vary over vignettes and items --------------------------------
mixed <- expand.grid(item = 1:8, vignette = 1:12, state = c("anger", "fear", "neutral"))
mixed$y <- with(mixed, round(40 + 6 * (state == "anger") + 4 * (state == "fear") + effect(vignette, 5) + effect(item, 4) +
                               effect((vignette - 1) * 3 + as.integer(state), 3) + effect((item - 1) * 3 + as.integer(state), 2) +
                               effect((vignette - 1) * 8 + item, 3) + rnorm(nrow(mixed), sd = 6), 3))
mixed <- mixed[-sample(nrow(mixed), 25), ]
mixed$state <- relevel(factor(mixed$state), "neutral")
between <- subset(mixed, (vignette %% 3) == (as.integer(state) - 1))        # each vignette under one state only
fixed <- function(m) {
  s <- coef(summary(m, ddf = "Satterthwaite"))
  list(name = rownames(s), estimate = s[, "Estimate"], se = s[, "Std. Error"], df = s[, "df"], t = s[, "t value"],
       p = s[, "Pr(>|t|)"])
}
interactions <- lmer(y ~ state + (1 | vignette) + (1 | item) + (1 | vignette:state) + (1 | item:state) + (1 | vignette:item),
                     mixed, control = control)
nested <- lmer(y ~ state + (1 | vignette) + (1 | item) + (1 | item:state), between, control = control)
variances <- function(m) { v <- as.data.frame(VarCorr(m)); setNames(as.list(v$vcov), v$grp) }
golden$mixed <- list(data = mixed, interactions = fixed(interactions), interactions_vc = variances(interactions),
                     interactions_reml = as.numeric(REMLcrit(interactions)),
                     between = between, nested = fixed(nested), nested_vc = variances(nested),
                     nested_reml = as.numeric(REMLcrit(nested)))

# --- omnibus tests ---------------------------------------------------------------------------------------------------
root_ncp <- function(p, below) if (below(0) <= p) 0 else uniroot(function(l) below(l) - p, c(0, 4000), tol = 1e-11)$root
share <- function(f, df1, df2, total) {   # limits of lambda / (lambda + total)
  l <- sapply(c(0.975, 0.025), root_ncp, function(l) pf(f, df1, df2, l))
  l / (l + total)
}
one_way <- function(y, g, equal) {
  t <- oneway.test(y ~ g, var.equal = equal)
  f <- unname(t$statistic); df <- unname(t$parameter); limits <- share(f, df[1], df[2], length(y))
  list(statistic = f, df1 = df[1], df2 = df[2], p = t$p.value, low = limits[1], high = limits[2],
       value = df[1] * (f - 1) / (df[1] * (f - 1) + length(y)))
}
data_sets <- list(PlantGrowth = list(y = PlantGrowth$weight, g = as.character(PlantGrowth$group)),
                  InsectSprays = list(y = InsectSprays$count, g = as.character(InsectSprays$spray)),
                  chickwts = list(y = chickwts$weight, g = as.character(chickwts$feed)))
golden$anova <- lapply(data_sets, function(d) c(d, list(
  welch = one_way(d$y, d$g, FALSE), equal = one_way(d$y, d$g, TRUE),
  omega2 = omega_squared(aov(y ~ g, d), verbose = FALSE)$Omega2)))
repeated <- round(outer(c(-6, -2, 0, 1, 3, 5, 9), c(1, 1, 1, 1)) + outer(rep(1, 7), c(40, 43, 47, 46)) +
                    matrix(c(3, -1, 2, -4, 0, 1, -2, 1, 2, -3, 1, 0, -1, 3, -5, 4, 2, 0, -1, 6, -7, 2, -8, 1, 5, -3, 9, -4), 7), 2)
long <- data.frame(id = factor(c(row(repeated))), c = factor(c(col(repeated))), y = c(repeated))
within <- suppressMessages(suppressWarnings(afex::aov_ez("id", "y", long, within = "c",
                                                          anova_table = list(es = c("pes", "ges")))))$anova_table
spherical <- anova(lm(repeated ~ 1), X = ~1, test = "Spherical")
epsilon <- attr(spherical, "heading"); epsilon <- as.numeric(sub(".*: *", "", grep("Greenhouse", epsilon, value = TRUE)))
limits <- share(within$F, within$`num Df`, within$`den Df`, within$`num Df` / 3 * 7 * 3)
golden$repeated <- list(table = repeated, statistic = within$F, df1 = within$`num Df`, df2 = within$`den Df`,
                        p = spherical$`G-G Pr`[1], p_uncorrected = spherical$`Pr(>F)`[1], epsilon = within$`num Df` / 3,
                        epsilon_printed = epsilon, value = within$pes, generalized = within$ges, low = limits[1],
                        high = limits[2])
yes <- c(15, 6, 9, 12); asked <- c(20, 22, 18, 25)
chi <- prop.test(yes, asked, correct = FALSE)
answers <- matrix(c(1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0), 10, byrow = TRUE)
long <- data.frame(id = factor(c(row(answers))), c = factor(c(col(answers))), y = factor(c(answers)))
q <- mantelhaen.test(long$c, long$y, long$id)
golden$proportions <- list(
  yes = yes, asked = asked, statistic = unname(chi$statistic), df1 = unname(chi$parameter), p = chi$p.value,
  limits = sqrt(sapply(c(0.975, 0.025), root_ncp, function(l) pchisq(chi$statistic, 3, l)) / sum(asked)),
  answers = answers, cochran = list(statistic = unname(q$statistic), df1 = unname(q$parameter), p = q$p.value))
f_of <- function(m) { a <- anova(m, ddf = "Satterthwaite"); list(statistic = a$`F value`, df1 = a$NumDF, df2 = a$DenDF, p = a$`Pr(>F)`) }
golden$mixed$interactions_f <- f_of(interactions)
golden$mixed$nested_f <- f_of(nested)

# --- what has a value of its own beside the tests it belongs to ------------------------------------------------------
a <- 14; b <- 5; pairs <- 40   # Bonett and Price (2012), written a second time
p_ <- (c(a, b) + 1) / (pairs + 2)
half <- qnorm(0.975) * sqrt((sum(p_) - diff(p_)^2) / (pairs + 2))
crossed_table <- golden$variance$crossed
robust <- function(m) {   # two-way cluster-robust variance of the mean, pair by pair
  r <- m - mean(m); A <- nrow(m); B <- ncol(m); i <- c(row(m)); j <- c(col(m)); v <- c(r)
  same <- outer(i, i, "==") * A / (A - 1) + outer(j, j, "==") * B / (B - 1) -
    (outer(i, i, "==") & outer(j, j, "==")) * A / (A - 1) * B / (B - 1)
  sqrt(sum(same * outer(v, v))) / length(v)
}
student <- function(...) t.test(..., var.equal = TRUE)
golden$beside <- list(
  cluster_means = unname(tapply(golden$cluster$answers, golden$cluster$cluster, mean)),
  mean_interval = c(t.test(x)$conf.int), welch_difference = unname(-diff(t.test(x, y)$estimate)),
  score_z2 = unname(chisq.test(matrix(c(15, 5, 6, 14), 2), correct = FALSE)$statistic) * 39 / 40,
  paired = list(first_only = a, second_only = b, pairs = pairs, p = binom.test(a, a + b)$p.value,
                value = (a - b) / pairs, low = -diff(p_) - half, high = -diff(p_) + half),
  bayes = list(paired = extractBF(ttestBF(after, before, paired = TRUE))$bf, independent = extractBF(ttestBF(x, y))$bf),
  tost_of = list(p_lower = student(x, y, mu = -15, alternative = "greater")$p.value,
                 p_upper = student(x, y, mu = 15, alternative = "less")$p.value,
                 low = student(x, y, conf.level = 0.9)$conf.int[1], high = student(x, y, conf.level = 0.9)$conf.int[2]),
  crossed_robust_se = robust(crossed_table), simulated = prop.test(412, 500, correct = FALSE)$conf.int[1:2])

golden$versions <- as.list(sapply(c("lme4", "lmerTest", "psych", "lavaan", "BayesFactor", "effectsize", "metafor", "clubSandwich",
                                    "afex"),
                                  function(p) as.character(packageVersion(p))))
golden$versions$R <- as.character(getRversion())

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
write(toJSON(golden, digits = I(17), auto_unbox = TRUE, dataframe = "columns", na = "null", pretty = FALSE), file.path(here, "golden.json"))
