# The contrasts of a run exported by affectlab, computed again by R.
#   Rscript models.R            in this folder; lme4 and lmerTest are needed where answers are missing
#   Rscript models.R emmeans    the intervals for these items once more, as marginal means of linear models: lm for one
#                               sample, lmer with a random unit for pairs, lm of each of two samples, as Welch's test has a
#                               variance for each
#
# contrasts.csv has a row for each contrast: what is asked, and the estimate that the report shows. units.csv has the
# scores that each one rests on, one for each sampled unit and condition (repeated reads and items averaged); items.csv has
# the same with the items apart. Two intervals are computed: for these items, by a t test over units (one sample, pairs or
# Welch's), and, where items are a sample (method "crossed ..."), over units and items. That one rests on the mean squares
# of units, of items (with two conditions: of item x condition) and of the residual; it is the widest of the intervals over
# units, over items and over both.

contrasts <- read.csv("contrasts.csv", na.strings = "", colClasses = c(contrast = "character"))
units <- read.csv("units.csv", na.strings = "", colClasses = c(contrast = "character", unit = "character"))
items <- read.csv("items.csv", na.strings = "", colClasses = c(contrast = "character", unit = "character",
                                                               item = "character"))

# --- over units, for these items
over_units <- function(asked, first, second) {
  test <- switch(asked$design,
    "one sample" = t.test(first),
    "pairs" = t.test(first, second, paired = TRUE),
    "two samples" = t.test(first, second)
  )
  df <- unname(test$parameter)
  sizes <- c(length(first), length(second))
  if (asked$design == "two samples" && min(sizes) == 3 && max(sizes) > 3) df <- 2   # Welch's are too many there
  c(variance = test$stderr^2, df = df)
}

# --- over units and items: each condition as a table of units by items
as_table <- function(scores, units, items) {
  filled <- matrix(NA_real_, length(units), length(items), dimnames = list(units, items))
  scores <- scores[scores$unit %in% units & scores$item %in% items, ]
  filled[cbind(scores$unit, scores$item)] <- scores$value
  filled
}

mean_squares <- function(table) {
  n <- nrow(table); m <- ncol(table)
  rest <- table - rowMeans(table) - rep(colMeans(table), each = n) + mean(table)
  rbind(unit = c(var(rowMeans(table)) / n, n - 1),
        item = c(var(colMeans(table)) / m, m - 1),
        rest = c(-sum(rest^2) / ((n - 1) * (m - 1)) / (n * m), (n - 1) * (m - 1)))
}

satterthwaite <- function(parts, least) {
  total <- sum(parts[, 1])
  c(total, max(total^2 / sum(parts[, 1]^2 / parts[, 2]), least))
}

complete_tables <- function(tables, units_only) {
  squares <- lapply(tables, mean_squares)
  of_item <- squares[[1]]["item", ]
  if (length(tables) == 2) {
    apart <- colMeans(tables[[1]]) - colMeans(tables[[2]])
    of_item <- c(var(apart) / length(apart), length(apart) - 1)          # item x condition
  }
  rest <- do.call(rbind, lapply(squares, function(one) one[c("unit", "rest"), ]))
  least <- min(c(rest[rownames(rest) == "unit", 2], of_item[2]))
  below <- -sum(rest[rownames(rest) == "rest", 1])
  alone <- list(units_only, of_item)
  if (min(units_only[1], of_item[1]) <= below * (1 + 1e-9)) return(alone)   # one of both does not vary, but for rounding
  c(alone, list(satterthwaite(rbind(rest, of_item), least)))
}

incomplete_tables <- function(tables, units_only) {
  suppressPackageStartupMessages(library(lmerTest))
  long <- do.call(rbind, lapply(seq_along(tables), function(k) {
    there <- which(!is.na(tables[[k]]), arr.ind = TRUE)
    answered <- rowSums(!is.na(tables[[k]]))
    data.frame(y = tables[[k]][there], condition = factor(k), unit = factor(paste(k, there[, 1])),
               item = factor(there[, 2]), weight = (-1)^(k - 1) / nrow(tables[[k]]) / answered[there[, 1]])
  }))
  both <- length(tables) == 2
  long$item_condition <- interaction(long$item, long$condition, drop = TRUE)
  terms <- c("unit", "item", if (both) "item_condition")
  repeat {                                         # a variance of zero is left out of the degrees of freedom
    form <- paste("y ~", if (both) "condition" else "1", paste0("+ (1|", terms, ")", collapse = ""))
    fit <- suppressMessages(lmer(as.formula(form), long, control = lmerControl(optCtrl = list(ftol_abs = 1e-12,
                                 xtol_abs = 1e-10), check.conv.singular = "ignore")))
    found <- as.data.frame(VarCorr(fit))
    kept <- terms[found$vcov[match(terms, found$grp)] > 1e-9 * found$vcov[found$grp == "Residual"]]
    if (length(kept) %in% c(0, length(terms))) break
    terms <- kept
  }
  weights <- sapply(found$grp, function(term) {
    if (term == "Residual") sum(long$weight^2) else sum(tapply(long$weight, long[[term]], sum)^2)
  })
  spread <- found$sdcor; sigma <- spread[length(spread)]
  # variance as a function of lme4's parameters: standard deviations over that of the residual, and the latter
  slope <- c(2 * sigma^2 * (spread / sigma)[-length(spread)] * weights[-length(weights)],
             2 / sigma * sum(spread^2 * weights))
  variance <- sum(spread^2 * weights)
  both_random <- c(variance, 2 * variance^2 / c(slope %*% fit@vcov_varpar %*% slope))
  means <- lapply(tables, colMeans, na.rm = TRUE)
  apart <- if (both) means[[1]] - means[[2]] else means[[1]]
  own <- lapply(tables, rowMeans, na.rm = TRUE)
  test <- if (both) t.test(own[[1]], own[[2]]) else t.test(own[[1]])
  list(units_only, c(test$stderr^2, test$parameter), c(var(apart) / length(apart), length(apart) - 1), both_random)
}

over_units_and_items <- function(asked, scores, order, units_only) {
  named <- unique(scores$item)
  tables <- lapply(intersect(c("first", "second"), unique(scores$condition)), function(name) {
    as_table(scores[scores$condition == name, ], order[[name]], named)
  })
  if (asked$design == "pairs") tables <- list(tables[[1]] - tables[[2]])
  answered <- Reduce(`&`, lapply(tables, function(one) colSums(!is.na(one)) > 0))
  tables <- lapply(tables, function(one) one[, answered, drop = FALSE])
  found <- if (any(sapply(tables, anyNA))) incomplete_tables(tables, units_only) else complete_tables(tables, units_only)
  found[[which.max(sapply(found, function(one) qt(0.975, one[2]) * sqrt(one[1])))]]
}

interval <- function(difference, of) {
  se <- sqrt(of[1]); half <- qt(0.975, of[2]) * se
  c(difference - half, difference + half, of[2], 2 * pt(-abs(difference / se), of[2]))
}

# --- the same by a model and its marginal means, for these items
own_mean <- function(y) as.data.frame(summary(emmeans::emmeans(lm(y ~ 1), ~ 1)))

two_models <- function(asked, first, second) {
  a <- own_mean(first); b <- own_mean(second)
  df <- over_units(asked, first, second)[["df"]]
  se <- sqrt(a$SE^2 + b$SE^2); half <- qt(0.975, df) * se; apart <- a$emmean - b$emmean
  c(apart, apart - half, apart + half, df, 2 * pt(-abs(apart / se), df))
}

by_emmeans <- function(asked, first, second) {
  if (asked$design == "two samples") return(two_models(asked, first, second))
  if (asked$design == "one sample") {
    found <- emmeans::emmeans(lm(first ~ 1), ~ 1)
  } else if (cov(first, second) <= 0) {            # units vary no more than the residual: the differences alone
    apart <- first - second
    found <- emmeans::emmeans(lm(apart ~ 1), ~ 1)
  } else {
    long <- data.frame(value = c(first, second), unit = factor(rep(seq_along(first), 2)),
                       condition = factor(rep(c("first", "second"), each = length(first))))
    precise <- lme4::lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-12), check.conv.singular = "ignore")
    fit <- suppressMessages(lmerTest::lmer(value ~ condition + (1 | unit), long, control = precise))
    found <- pairs(emmeans::emmeans(fit, ~ condition, lmer.df = "satterthwaite"))
  }
  found <- as.data.frame(summary(found, infer = TRUE))
  unlist(found[na.omit(match(c("emmean", "estimate", "lower.CL", "upper.CL", "df", "p.value"), names(found)))])
}

if ("emmeans" %in% commandArgs(TRUE)) {
  suppressPackageStartupMessages({ library(lmerTest); library(emmeans) })
  emm_options(lmerTest.limit = 1e6)
  for (row in which(is.na(contrasts$gap))) {
    asked <- contrasts[row, ]
    parts <- split(units$value[units$contrast == asked$contrast], units$condition[units$contrast == asked$contrast])
    if (is.null(tryCatch(over_units(asked, parts$first, parts$second), error = function(reason) NULL))) next
    cat(asked$contrast, format(by_emmeans(asked, parts$first, parts$second), digits = 15), "\n")
  }
  quit()
}

for (row in seq_len(nrow(contrasts))) {
  asked <- contrasts[row, ]
  scores <- units[units$contrast == asked$contrast, ]
  parts <- split(scores, scores$condition)
  first <- parts$first$value
  second <- parts$second$value
  estimate <- mean(first) - if (length(second)) mean(second) else 0
  fixed <- tryCatch(over_units(asked, first, second), error = function(reason) NULL)
  said <- these <- rep(NA, 4)
  if (!is.null(fixed) && is.na(asked$gap)) {
    these <- interval(estimate, fixed)
    said <- if (!startsWith(asked$method, "crossed")) these else {
      order <- lapply(parts, function(one) one$unit)
      interval(estimate, over_units_and_items(asked, items[items$contrast == asked$contrast, ], order, fixed))
    }
  }
  cat(sprintf("%s %s %s: %s against %s, %.15g [%.15g, %.15g], df %.15g, p %.15g; for these items [%.15g, %.15g]\n",
              asked$contrast, asked$measure, asked$scale, asked$first, asked$second, estimate, said[1], said[2], said[3],
              said[4], these[1], these[2]))
}
