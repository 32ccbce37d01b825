"""What a learner's own machine, and the exchange, hold of theirs: in one archive, for the learner."""

import io
import json
import os
import zipfile

from course import layout as disk
from course.study import Study


def bundle(study: Study) -> bytes:
    """Return, as a zip, what a learner's machine and the exchange hold of theirs, with a list to read."""
    inbound = study.reach.root / study.reach.course_id / "inbound"
    theirs = sorted(inbound.glob(f"{study.reach.learner}+*")) if os.access(inbound, os.R_OK) else []
    files = {f"here/{name}": path for name, path in disk.files_below(study.folder)}
    files |= {
        f"exchange/{work.name}/{name}": path
        for work in theirs
        for name, path in disk.files_below(work)
    }
    about = {
        "learner": study.reach.learner, "course": study.reach.course_id,
        "about": "What this machine and the exchange hold of yours. What the gradebook holds, your instructor gives you: course my-data " + study.reach.learner,
        "files": sorted(files),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(about, indent=1, ensure_ascii=False))
        for name, path in files.items():
            archive.write(path, name)
    return out.getvalue()
