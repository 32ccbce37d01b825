"""A pace for learning alone: what is left and when it is due, as a plan, a calendar and letters."""
