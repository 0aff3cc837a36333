# The findings of a run exported by affectlab, computed again by R. Needs base R only.
#   Rscript models.R            in this folder
#
# contrasts.csv has a row for each finding: what is asked, and the estimate that the report shows. units.csv has the
# scores that each one rests on: one for each sampled unit and condition, repeated reads and items averaged. The test
# follows from the design of the contrast: one sample (change from baseline), pairs (the same texts), or Welch's.

contrasts <- read.csv("contrasts.csv", na.strings = "", colClasses = c(contrast = "character"))
units <- read.csv("units.csv", na.strings = "", colClasses = c(contrast = "character"))

for (row in seq_len(nrow(contrasts))) {
  asked <- contrasts[row, ]
  scores <- units[units$contrast == asked$contrast, ]
  first <- scores$value[scores$condition == "first"]
  second <- scores$value[scores$condition == "second"]
  test <- tryCatch(
    switch(asked$method,
      "one-sample" = t.test(first),
      "paired" = t.test(first, second, paired = TRUE),
      "Welch" = t.test(first, second)
    ),
    error = function(reason) NULL
  )
  estimate <- mean(first) - if (length(second)) mean(second) else 0
  said <- if (is.null(test)) c(NA, NA, NA, NA) else c(test$conf.int, test$parameter, test$p.value)
  cat(sprintf("%s %s %s: %s against %s, %.15g [%.15g, %.15g], df %.15g, p %.15g\n", asked$contrast, asked$measure,
              asked$scale, asked$first, asked$second, estimate, said[1], said[2], said[3], said[4]))
}
