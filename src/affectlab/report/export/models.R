# Mixed models of a run exported by affectlab. Needs R and the package lme4.
#   Rscript models.R            in this folder
#
# One model for each measure and scale: how much further the scale moves from baseline to induced after texts of
# its own state than after neutral texts. Vignettes and items are random: effects are over texts, never over
# repeated reads of one text. The answers of a session before the regulation are the same in every arm, so one
# arm is enough.

suppressPackageStartupMessages(library(lme4))

long <- read.csv("long.csv", na.strings = "", check.names = FALSE)
long <- subset(long, point == "induced" & is.finite(shift) & arm == "text")
shared <- intersect(c("model", "frame", "technique", "grade", "delivery", "context", "state", "vignette",
                      "replicate", "measure", "scale", "item"), names(long))
long <- long[!duplicated(long[shared]), ]

for (measured in unique(long$measure)) {
  for (on in unique(long$scale[long$measure == measured & long$own == 1])) {
    rows <- subset(long, measure == measured & scale == on & state %in% c(on, "neutral"))
    if (length(unique(rows$state)) < 2 || length(unique(rows$vignette)) < 4) next
    random <- Filter(function(name) length(unique(rows[[name]])) > 1 && any(duplicated(rows[[name]])),
                     c("vignette", "item", "model"))
    terms <- reformulate(c("own", sprintf("(1 | %s)", random)), "shift")
    fitted <- if (length(random)) suppressMessages(lmer(terms, data = rows)) else lm(terms, data = rows)
    singular <- length(random) > 0 && isSingular(fitted)
    effect <- coef(summary(fitted))["own", ]
    cat(sprintf("%-20s %-12s own minus neutral %+.3f, SE %.3f, %d vignettes%s\n", measured, on,
                effect["Estimate"], effect["Std. Error"], length(unique(rows$vignette)),
                if (singular) " (singular fit)" else ""))
  }
}
