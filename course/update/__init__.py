"""A lesson's new version, merged into a learner's copy: what the author changed comes, the work stays."""
