"""Out to learning platforms: one file per format, each pure on our nouns but for the one that sends."""
