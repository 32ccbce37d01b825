"""Reports: what the frames say, as pages for people. One content for the server and for files."""
