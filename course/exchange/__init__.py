"""The one wall to nbgrader: its configuration, its release builder and its exchange.

Nothing of nbgrader is imported before a function of this room is called, so that a command that
does not need it starts at once.
"""
