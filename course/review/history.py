"""What was judged and taken back, and the ledger in words. Pure."""

from collections.abc import Sequence


def standing(whys: Sequence[str]) -> list[int]:
    """Return which of an answer's judgements still stand, the oldest first: each undoing takes the last away.

    Args:
        whys: the reason of each judgement, in order.
    """
    stands: list[int] = []
    for number, why in enumerate(whys):
        if why != "undone":
            stands.append(number)
        elif stands:
            stands.pop()
    return stands
