from sums import test_total  # noqa: F401
