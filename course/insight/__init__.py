"""Reading what happened, as pandas frames. Nothing is written but what is asked to be exported."""
