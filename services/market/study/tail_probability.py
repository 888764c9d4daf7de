"""How often chance alone goes as far: tails of the normal, Student and binomial distributions, without scipy.

Student and binomial go through the regularised incomplete beta function, by its continued fraction (NIST Digital
Library of Mathematical Functions 8.17.22) in the form of W. J. Lentz, "Generating Bessel Functions in Mie Scattering
Calculations Using Continued Fractions", Applied Optics 15 (1976), 668-671.
"""

from __future__ import annotations

import math

_SMALLEST = 1e-300
"""Stands in for a zero denominator."""
_PRECISION = 1e-15
_MOST_STEPS = 10_000


def normal_p(z: float) -> float:
    """Two-sided p of a standard normal ``z``.

    >>> round(normal_p(-1.959964), 6)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2.0))


def student_p(t: float, degrees: float) -> float:
    """Two-sided p of Student's ``t`` with ``degrees`` of freedom, above 0.

    >>> round(student_p(2.228139, 10), 6)
    0.05
    """
    square = t * t
    if math.isinf(square):
        return 0.0
    share = square / (degrees + square)
    return _incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + square), share)


def student_quantile(p: float, degrees: float) -> float:
    """The t whose two-sided p is ``p``, 0 < p < 1: half the width of a 1 - p confidence band in standard errors.

    >>> round(student_quantile(0.05, 10), 4), round(student_quantile(0.05, 1), 4)
    (2.2281, 12.7062)
    """
    low, high = 0.0, 1.0
    while student_p(high, degrees) > p:
        low, high = high, 2.0 * high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2.0
        low, high = (middle, high) if student_p(middle, degrees) > p else (low, middle)
    return (low + high) / 2.0


def binomial_p(successes: int, trials: int, chance: float) -> float:
    """Twice the smaller tail of a binomial count, at most 1: exact, so never more false alarms than stated.

    >>> round(binomial_p(9, 10, 0.5) * 1024, 9)
    22.0
    """
    above = incomplete_beta(successes, trials - successes + 1, chance) if successes else 1.0
    below = incomplete_beta(trials - successes, successes + 1, 1.0 - chance) if successes < trials else 1.0
    return min(1.0, 2.0 * min(above, below))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 <= x <= 1."""
    return _incomplete_beta(a, b, x, 1.0 - x)


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """``rest`` is 1 - x, given apart since the difference loses all digits when x is near 1."""
    if x <= 0.0 or rest <= 0.0:
        return 0.0 if x <= 0.0 else 1.0
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    if x <= (a + 1.0) / (a + b + 2.0):
        return math.exp(scale) / (a * _continued_fraction(a, b, x))
    return 1.0 - math.exp(scale) / (b * _continued_fraction(b, a, rest))


def _continued_fraction(a: float, b: float, x: float) -> float:
    """1 + d1 / (1 + d2 / (1 + ...)), converges fast for x under (a + 1) / (a + b + 2)."""
    value, upper, lower = 1.0, 1.0, 0.0
    for step in range(1, _MOST_STEPS):
        term = _term(a, b, x, step)
        lower = 1.0 / ((1.0 + term * lower) or _SMALLEST)
        upper = (1.0 + term / upper) or _SMALLEST
        value *= upper * lower
        if abs(upper * lower - 1.0) < _PRECISION:
            break
    return value


def _term(a: float, b: float, x: float, step: int) -> float:
    half = step // 2
    if step % 2 == 0:
        return half * (b - half) * x / ((a + step - 1.0) * (a + step))
    return -(a + half) * (a + b + half) * x / ((a + step - 1.0) * (a + step))
