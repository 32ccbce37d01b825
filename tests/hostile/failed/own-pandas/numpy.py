from pandas import __getattr__  # noqa: F401
