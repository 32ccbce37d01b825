"""What is kept of a learner, in one archive for the learner: here, on the exchange, at the service, in the gradebook."""

import io
import json
import os
import zipfile
from contextlib import suppress
from typing import Any

from course import kept
from course import layout as disk
from course.errors import Unavailable
from course.exchange import mirror, transfer
from course.study import Study


def bundle(study: Study) -> bytes:
    """Return, as a zip, all that a learner can see of what is kept of them, with a list to read.

    The gradebook's part is what came with the last feedback, and says as of when.
    """
    service = _service(study)
    inbound = study.reach.root / study.reach.course_id / "inbound"
    theirs = sorted(inbound.glob(f"{study.reach.learner}+*")) if os.access(inbound, os.R_OK) else []
    files = {f"here/{name}": path for name, path in disk.files_below(study.folder)}
    files |= {
        f"exchange/{work.name}/{name}": path
        for work in theirs
        for name, path in disk.files_below(work)
    }
    found = [(told, page) for page in transfer.own_pages(study.reach, kept.NAME)
             if (told := kept.read(page.read_text("utf-8")))]  # fmt: skip
    told, page = max(found, key=lambda each: str(each[0]["at"]), default=({}, None))
    if page is not None:
        files["gradebook.html"] = page
    about = {
        "learner": study.reach.learner, "course": study.reach.course_id,
        "about": "What is kept of you: 'files' lie in this archive, those under here/ on this machine and those under exchange/ on "
        "the course's exchange; 'service' is what the course service keeps; 'gradebook' is what the gradebook held at "
        "'gradebook as of', when feedback last went out to you, to read in gradebook.html. As of now your instructor "
        f"gives it to you: course my-data {study.reach.learner}",
        "files": sorted(files), "service": service, "gradebook as of": told.get("at", "no feedback has come yet"),
        "gradebook": told.get("gradebook", {}), "not yet returned": told.get("not yet returned", {}),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(about, indent=1, ensure_ascii=False))
        for name, path in files.items():
            archive.write(path, name)
    return out.getvalue()


def _service(study: Study) -> Any:
    """Return what the course service keeps of a learner, and bring the newest feedback; a text where it is away."""
    if study.access is None:
        return {}
    found: Any = "the course service could not be reached"
    with suppress(Unavailable), study.access.remote() as service:
        for lesson in study.reach.lessons():
            mirror.pull_feedback(study.access, service, lesson)
        found = service.my_data()
    return found
