"""Where talk changes its subject: pure, from what was said in each half minute and by whom.

Least squares by dynamic programming over smoothed TF-IDF vectors (linear text segmentation). Who
speaks tells, too: a talk, a report or a question has its speaker. The number of stretches is drawn
to half the square root of the number of half minutes, as people count them: they describe a longer
meeting more coarsely (116 meetings of QMSum: four in half an hour, six or seven in an hour and a
half). Parameters were chosen on those (docs/decisions/0014).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_matrix

SMOOTHING: Final = 1.5
"""Standard deviation in half minutes of the window over which neighbours are mixed."""
EVENNESS: Final = 1.0
"""Added to each idf, so that words of a talk with one subject count, not its noise alone."""
SPEAKERS: Final = 0.5
"""Weight of who speaks beside what is said."""
COARSENESS: Final = 0.5
"""Stretches to expect: this times the square root of the half minutes."""
SEGMENT_COST: Final = 6.0
"""What a stretch must explain, in squared length of a half minute's vector."""
NUMBER_COST: Final = 18.0
"""Weight of ln(stretches / expected stretches)²."""
LENGTH_COST: Final = 0.6
"""Weight of ln(length / expected length)²."""
_NEVER: Final = 1e9

Numbers = np.ndarray[Any, np.dtype[np.intp]]
Matrix = np.ndarray[Any, np.dtype[np.float64]]


def likeness(words: Sequence[Numbers], speakers: Matrix) -> Matrix:
    """How alike half minutes are: inner products of their vectors.

    `words`: by half minute, the stem of each mention; `speakers`: shape (half minutes, speakers),
    how much each said.
    """
    said = _tf_idf(words)
    spoken = np.sqrt(speakers)
    # No product of dense matrices: on small ones the threads of a BLAS cost more than they bring.
    together = np.einsum("ik,jk->ij", spoken, spoken)
    return _mixed((said @ said.T).toarray()) + SPEAKERS * _mixed(together)


def best_cuts(alike: Matrix) -> list[int]:
    """Where the second and later stretches of the best segmentation begin; none: it is all one."""
    count = len(alike)
    expected = max(COARSENESS * math.sqrt(count), 1.0)
    most = min(math.ceil(1.5 * expected) + 1, count)
    cost = _costs(alike, count / expected)
    # least[j]: of the best segmentation of what is before j into so many stretches.
    least, begins, totals = cost[0], list[Any](), [cost[0, count]]
    for _ in range(1, most):
        ways = least[:, None] + cost
        begin = ways.argmin(axis=0)
        least = ways[begin, np.arange(count + 1)]
        begins.append(begin)
        totals.append(least[count])
    numbers = np.arange(1, most + 1)
    prior = NUMBER_COST * np.log(numbers / expected) ** 2 + SEGMENT_COST * numbers
    cuts, end = list[int](), count
    for begin in reversed(begins[: int(np.argmin(np.array(totals) + prior))]):
        end = int(begin[end])
        cuts.append(end)
    return cuts[::-1]


def _tf_idf(words: Sequence[Numbers]) -> Any:
    """A row for each half minute: ln(1 + tf) · (idf + evenness), of stems said in two or more."""
    rows = np.repeat(np.arange(len(words)), [len(said) for said in words])
    columns = np.concatenate(words)
    width = int(columns.max()) + 1 if len(columns) else 1
    tf = csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(words), width))
    holding = np.bincount(tf.indices, minlength=width)
    idf = (np.log((1 + len(words)) / (1 + holding)) + EVENNESS) * (holding > 1)
    tf.data = np.log1p(tf.data) * idf[tf.indices]
    return tf


def _mixed(products: Matrix) -> Matrix:
    """Inner products of unit vectors, after each was mixed with its neighbours."""
    mixed = gaussian_filter(products, SMOOTHING, mode="constant")
    lengths = np.sqrt(np.maximum(np.diagonal(mixed), 1e-18))
    unit: Matrix = mixed / lengths[:, None] / lengths
    return unit


def _costs(alike: Matrix, typical: float) -> Matrix:
    """Of a stretch i..j: squared distances from its mean, and how unusual its length is."""
    count = len(alike)
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = alike.cumsum(axis=0).cumsum(axis=1)
    ends, diagonal = np.arange(count + 1), np.diagonal(sums)
    block = diagonal - sums - sums.T + diagonal[:, None]
    lengths = np.maximum(ends - ends[:, None], 1)
    squares = np.concatenate([[0.0], np.diagonal(alike).cumsum()])
    unusual = np.log(lengths / typical) ** 2
    # The last stretch goes on: that it is short so far tells nothing.
    unusual[:, count] = np.where(lengths[:, count] < typical, 0.0, unusual[:, count])
    cost = squares - squares[:, None] - block / lengths + LENGTH_COST * unusual
    result: Matrix = np.where(ends > ends[:, None], cost, _NEVER)
    return result
