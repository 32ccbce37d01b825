"""From what a trainer wrote to what a learner gets."""
