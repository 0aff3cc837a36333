"""The R code that gives the numbers of an analysis of people's tables again, and the scores that it reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from affectlab.atomic import file_replaced
from affectlab.effects.analyse import Analysis
from affectlab.effects.estimate import Estimate
from affectlab.effects.factorial import FactorialAnalysis
from affectlab.effects.groups import condition
from affectlab.errors import InputError
from affectlab.report.people import RATIOS
from affectlab.tabular.factorial import FactorialCells

_BASIS = """\
steps <- function(k) {  # orthonormal contrasts of k levels
  m <- contr.helmert(k)
  sweep(m, 2, sqrt(colSums(m^2)), "/")
}
average <- function(k) matrix(1 / sqrt(k), k, 1)
tested <- function(name, term, contrast) {  # type III: the model without the columns of a term
  x <- model.matrix(between, units)
  whole <- lm(y ~ 0 + x)
  rest <- x[, attr(x, "assign") != term, drop = FALSE]
  less <- if (ncol(rest)) lm(y ~ 0 + rest) else lm(y ~ 0)
  if (ncol(y) == 1) {
    a <- anova(less, whole)
    return(data.frame(name, f = a$F[2], df1 = a$Df[2], df2 = a$Res.Df[2], p = a$`Pr(>F)`[2]))
  }
  a <- anova(whole, less, T = t(contrast), test = "Spherical")
  e <- a$`G-G Pr`[2]
  if (ncol(contrast) == 1) e <- a$`Pr(>F)`[2]
  data.frame(name, f = a$F[2], df1 = a$`num Df`[2], df2 = a$`den Df`[2], p = e)
}
"""


def write_r(made: Analysis | FactorialAnalysis, path: Path) -> Path:
    """Write the script, and beside it the scores that it reads, one for each unit and cell.

    Args:
        made: what was analysed.
        path: of the script, which ends in ``.R``.

    Returns:
        The path of the scores.

    Raises:
        InputError: the path is no script's; or the analysis is of a kind that is not written in R.
    """
    if path.suffix.casefold() != ".r":
        raise InputError("a script of R ends in .R", hint=f"say {path.name}.R", file=path)
    scores = path.with_name(f"{path.stem}-scores.csv")  # FILE.csv may be the data themselves
    if isinstance(made, FactorialAnalysis):
        table, script = _factorial_scores(made.cells), "\n".join(_factorial(made, scores.name))
    else:
        table, script = _scores(made, path), "\n".join(_conditions(made, scores.name))
    for file, text in ((scores, table.to_csv(index=False)), (path, script + "\n")):
        with file_replaced(file, "--r") as part:
            part.write_text(text, "utf-8")
    return scores


def r_text(text: str) -> str:
    """A text as R reads it.

    >>> r_text('a "b"')
    '"a \\\\"b\\\\""'
    """
    return json.dumps(text, ensure_ascii=False)


def _read(name: str) -> Iterator[str]:
    yield "# The scores that were analysed: one for each unit and cell."
    yield f'd <- read.csv({r_text(name)}, check.names = FALSE, colClasses = "character", encoding = "UTF-8")'
    yield "d$score <- as.numeric(d$score)"


# --- conditions of one factor


def _scores(made: Analysis, path: Path) -> pd.DataFrame:
    if made.cells is None:
        raise InputError("a summary has no scores that R could read", hint="name the table of scores", file=path)
    if made.model is not None or made.cells.binary:
        what = "a mixed model" if made.model is not None else "yes and no"
        raise InputError(f"the R code of {what} is not written", hint="leave out --r", file=path)
    rows = made.cells.cells
    table = pd.DataFrame({"unit": rows["unit"].astype(str), "condition": rows["condition"].astype(str)})
    if made.cells.repeated:
        table["within"] = rows["within"].astype(str)
    return table.assign(score=rows["score"])


def _conditions(made: Analysis, name: str) -> Iterator[str]:
    yield from _read(name)
    repeated = made.cells is not None and made.cells.repeated
    if repeated:
        points = [str(one) for one in made.cells.cells["within"].cat.categories] if made.cells else []
        yield f"points <- c({', '.join(map(r_text, points))})"
        yield "wide <- function(level) {  # a row for each unit, a column for each time"
        yield "  e <- d[d$condition == level, ]"
        yield "  tapply(e$score, list(e$unit, factor(e$within, points)), mean)"
        yield "}"
    if any(one.method in RATIOS for one in made.contrasts):
        yield from _modelled(made)
        return
    yield "results <- NULL"
    for one in made.contrasts:
        if not one.gap:
            yield from _t_test(one, made, repeated=repeated)
    yield "print(results, digits = 8, row.names = FALSE)"


def _modelled(made: Analysis) -> Iterator[str]:
    """One model of all conditions, and its contrasts by Wald's z."""
    tested = [one for one in made.contrasts if not one.gap]
    yield "library(MASS)"
    yield f"d$condition <- factor(d$condition, c({_listed([one.condition for one in made.conditions])}))"
    if tested[0].method == "proportional odds":
        yield "m <- polr(factor(score) ~ condition, d, Hess = TRUE, control = list(reltol = 1e-15))"
        yield "b <- c(0, coef(m)); v <- vcov(m)[seq_along(coef(m)), seq_along(coef(m)), drop = FALSE]"
    else:
        poisson = "glm(score ~ condition, poisson, d)"
        precise = "glm.nb(score ~ condition, d, control = glm.control(epsilon = 1e-14, maxit = 500))"
        yield f"m <- {poisson if tested[0].method == 'Poisson' else precise}"
        yield "b <- c(0, coef(m)[-1]); v <- vcov(m)[-1, -1, drop = FALSE]"
    yield "v <- rbind(0, cbind(0, v)); names(b) <- levels(d$condition)"
    yield "contrast <- function(name, first, second) {"
    yield "  w <- (names(b) == first) - (names(b) == second)"
    yield "  est <- sum(w * b); se <- sqrt(c(w %*% v %*% w))"
    yield f"  half <- qnorm((1 + {made.level!r}) / 2) * se"
    yield "  p <- 2 * pnorm(-abs(est / se))"
    yield "  data.frame(name, difference = est, low = est - half, high = est + half, z = est / se, p)"
    yield "}"
    yield "results <- NULL"
    for one in tested:
        first, second = condition(one.contrast.first), one.contrast.against
        said = ", ".join(map(r_text, (f"{first} - {second}", first, second)))
        yield f"results <- rbind(results, contrast({said}))"
    yield "print(results, digits = 8, row.names = FALSE)"


def _t_test(one: Estimate, made: Analysis, *, repeated: bool) -> Iterator[str]:
    first, second = condition(one.contrast.first), one.contrast.against
    label = f"{first} - {second}" + (f" ({one.contrast.at})" if one.contrast.at else "")
    equal = "TRUE" if one.method == "Student" else "FALSE"
    level = f"conf.level = {made.level!r}"
    if one.contrast.paired:
        sides = ", ".join(r_text(side) for side in (first, second))
        yield f"pair <- tapply(d$score, list(d$unit, d$condition), mean)[, c({sides})]"
        yield "pair <- pair[complete.cases(pair), ]"
        call = f"t.test(pair[, 1], pair[, 2], paired = TRUE, {level})"
    else:
        samples = [_sample(side, one, repeated=repeated) for side in (first, second)]
        call = f"t.test({samples[0]}, {samples[1]}, var.equal = {equal}, {level})"
    yield f"t <- {call}"
    yield _row(label)


def _sample(side: str, one: Estimate, *, repeated: bool) -> str:
    """The scores under a condition, in R: all, those at a time, or their change."""
    if not repeated:
        return f"d$score[d$condition == {r_text(side)}]"
    wide = f"wide({r_text(side)})"
    if one.contrast.change is not None:
        begin, end = (r_text(point) for point in one.contrast.change)
        return f"na.omit({wide})[, {end}] - na.omit({wide})[, {begin}]"
    if one.contrast.cell:
        return f"na.omit({wide}[, {r_text(next(iter(one.contrast.cell.values())))}])"
    return f"rowMeans(na.omit({wide}))"


def _row(label: str) -> str:
    return (
        f"results <- rbind(results, data.frame(name = {r_text(label)}, difference = if (length(t$estimate) > 1) "
        "-diff(t$estimate)[[1]] else t$estimate[[1]], low = t$conf.int[1], high = t$conf.int[2], t = t$statistic[[1]], "
        "df = t$parameter[[1]], p = t$p.value))"
    )


# --- several factors


def _factorial_scores(cells: FactorialCells) -> pd.DataFrame:
    rows = []
    for at, (unit, scores) in enumerate(zip(cells.scores.index, cells.scores.to_numpy(float), strict=True)):
        own: dict[str, str | float] = {name: str(cells.groups[name].iloc[at]) for name in cells.between}
        own |= {name: float(cells.groups[f"covariate {name}"].iloc[at]) for name in cells.design.covariates}
        for cell, score in zip(cells.cells, scores, strict=True):
            rows.append({"unit": str(unit), **own, **dict(zip(cells.within, cell, strict=True)), "score": score})
    return pd.DataFrame(rows)


def _factorial(made: FactorialAnalysis, name: str) -> Iterator[str]:
    cells = made.cells
    yield from _read(name)
    if made.gap:
        yield f"# no effect is tested: {made.gap}"
        return
    yield 'options(contrasts = c("contr.sum", "contr.poly"))'
    own = [r_text(one) for one in ("unit", *cells.between, *made.design.covariates)]
    yield f"units <- unique(d[, c({', '.join(own)}), drop = FALSE])"
    for one in cells.between:
        yield f"units[[{r_text(one)}]] <- factor(units[[{r_text(one)}]], c({_listed(made.levels[one])}))"
    for one in made.design.covariates:
        yield f"units[[{r_text(one)}]] <- scale(as.numeric(units[[{r_text(one)}]]), scale = FALSE)[, 1]"
    if cells.within:
        inside = ", ".join(f"d[[{r_text(one)}]]" for one in cells.within)
        columns = _listed([" / ".join(cell) for cell in cells.cells])
        yield f'cell <- factor(paste({inside}, sep = " / "), c({columns}))'
        yield "y <- tapply(d$score, list(d$unit, cell), mean)[units$unit, ]"
    else:
        yield "y <- matrix(d$score[match(units$unit, d$unit)])"
    product = " * ".join(map(_name, cells.between)) or "1"
    yield f"between <- ~ {' + '.join((product, *map(_name, made.design.covariates)))}"
    yield _BASIS + "results <- NULL"
    labels = {":".join(map(_name, one)): one for one in _terms(made)}
    yield 'terms <- c("(Intercept)", attr(terms(between), "term.labels"))'
    for effect in made.test.effects:
        outside = tuple(n for n in effect.factors if n not in cells.within)
        term = next((label for label, factors in labels.items() if set(factors) == set(outside)), "(Intercept)")
        parts = [f"{'steps' if n in effect.factors else 'average'}({len(cells.levels[n])})" for n in cells.within]
        basis = "matrix(1)"
        for part in parts:
            basis = f"kronecker({basis}, {part})"
        yield f"results <- rbind(results, tested({r_text(effect.name)}, match({r_text(term)}, terms) - 1, {basis}))"
    yield "print(results, digits = 8, row.names = FALSE)"


def _terms(made: FactorialAnalysis) -> Iterator[tuple[str, ...]]:
    for one in made.test.effects:
        if not any(name in made.within for name in one.factors):
            yield one.factors


def _name(text: str) -> str:
    """A column as a formula of R has it."""
    return (
        text
        if text.isidentifier() and text.isascii()
        else "`{}`".format(text.replace("\\", "\\\\").replace("`", "\\`"))
    )


def _listed(levels: Sequence[str]) -> str:
    return ", ".join(map(r_text, levels))
