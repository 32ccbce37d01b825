"""The office's door on the network: routes that are thin over `course.office`, and who may come in."""
