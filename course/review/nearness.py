"""Which texts in own words resemble one another: TF-IDF and cosine, as scikit-learn reckons them by default.

numpy is here already with pandas; scikit-learn and SciPy would be 150 MB for these lines.
Weights: term count times ``ln((1 + n) / (1 + df)) + 1``, rows of length 1 (scikit-learn's user guide,
"Tf-idf term weighting", smooth_idf). Pure.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

_WORD = re.compile(r"\w\w+")
_AT_ONCE = 500
"""Texts that are compared with all others at once; bounds the memory."""


def near(
    texts: Mapping[str, str], least: float, first: Sequence[str] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a text's name with those that resemble it; each name comes at most once.

    The text with most neighbours comes first, so a group stands round its most typical member; equal ones
    come by name.

    Args:
        least: cosine from which on two texts are neighbours, 0 to 1.
        first: names that come before all others.
    """
    names = sorted(texts)
    if not names:
        return
    rows = _weights([texts[name] for name in names])
    neighbours = [
        set(np.flatnonzero(line >= least).tolist())
        for start in range(0, len(names), _AT_ONCE)
        for line in rows[start : start + _AT_ONCE] @ rows.T
    ]
    order = sorted(
        range(len(names)), key=lambda i: (names[i] not in first, -len(neighbours[i]), names[i])
    )
    left = set(range(len(names)))
    for seed in order:
        others = (neighbours[seed] & left) - {seed}
        if seed in left and others:
            left -= {seed, *others}
            yield names[seed], tuple(names[i] for i in sorted(others))


def _weights(texts: Sequence[str]) -> np.ndarray:
    """Return one row of length 1 per text; words of only one text count in the length alone."""
    counts = [Counter(_WORD.findall(text.casefold())) for text in texts]
    frequency = Counter(word for each in counts for word in each)
    weight = {word: np.log((1 + len(texts)) / (1 + df)) + 1 for word, df in frequency.items()}
    column = {word: i for i, word in enumerate(sorted(w for w, df in frequency.items() if df > 1))}
    rows = np.zeros((len(texts), len(column)), dtype=np.float32)
    for row, count in zip(rows, counts, strict=True):
        length = sum((n * weight[word]) ** 2 for word, n in count.items()) ** 0.5
        for word, n in count.items():
            if word in column:
                row[column[word]] = n * weight[word] / length
    return rows
