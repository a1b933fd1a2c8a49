"""Strictness of judges, sureness of ranks, agreement, outliers: figures beside a result, never in it. Pure.

From below: ratings as arrays (table), the models (linear, rasch) and coefficients (coefficients), what of a division they
look at (sections), what follows for its page (advising, plots) and for its sheets (alerts), what the commands answer
(answers, from files: reading). Everything is the same for the same marks: samples have a published seed.
"""

from services.scoring.fairness.domain.advising import SEED, Advice, EntryAdvice, advice
from services.scoring.fairness.domain.alerts import Outlier, outliers
from services.scoring.fairness.domain.answers import METHODS, Severities, agreement, severity
from services.scoring.fairness.domain.coefficients import Agreement
from services.scoring.fairness.domain.plots import Plot, Point, plot
from services.scoring.fairness.domain.reading import ratings
from services.scoring.fairness.domain.sections import Section, sections
from services.scoring.fairness.domain.table import Rating

__all__ = [
    "METHODS",
    "SEED",
    "Advice",
    "Agreement",
    "EntryAdvice",
    "Outlier",
    "Plot",
    "Point",
    "Rating",
    "Section",
    "Severities",
    "advice",
    "agreement",
    "outliers",
    "plot",
    "ratings",
    "sections",
    "severity",
]
