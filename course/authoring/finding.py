"""What is wrong with a lesson, in one form for people, programs and code review."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

LEVELS = ("error", "warning", "note")
SARIF = "2.1.0"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and how to mend it.

    Attributes:
        rule: short name of the rule, as docs/checks.md lists it.
        level: one of `LEVELS`; an error keeps a lesson from being good to release.
        file: path from the course's folder.
        cell: id of the cell; empty when the file has none or it is about the whole file.
        line: line of the file, in a notebook that of the cell; 0 when it is about all of it.
        text: what is wrong.
        hint: what to do.
    """

    rule: str
    level: str
    file: str
    text: str
    hint: str = ""
    cell: str = ""
    line: int = 0

    def __str__(self) -> str:
        of_file = f":{self.line}" if self.line and not self.in_cell else ""
        place = self.file + of_file + (f", cell '{self.cell}'" if self.cell else "")
        place += f", line {self.line}" if self.in_cell else ""
        return f"{self.level} {self.rule}: {place}: {self.text}" + (
            f"\n    {self.hint}" if self.hint else ""
        )

    @property
    def in_cell(self) -> bool:
        """Whether the line is counted from the top of a notebook's cell."""
        return bool(self.line and self.cell) and self.file.endswith(".ipynb")

    def data(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return asdict(self)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without doubles: errors first, then by place."""
    known = dict.fromkeys(findings)
    return sorted(known, key=lambda f: (LEVELS.index(f.level), f.file, f.cell, f.line, f.rule))


def sarif(findings: Iterable[Finding], version: str) -> dict[str, Any]:
    """Return findings in the Static Analysis Results Interchange Format 2.1.0 (OASIS).

    Args:
        findings: what was found.
        version: of the tool.
    """
    results, rules = [], dict[str, dict[str, str]]()
    for finding in findings:
        rules.setdefault(finding.rule, {"id": finding.rule})
        text = finding.text + (f" {finding.hint}" if finding.hint else "")
        place: dict[str, Any] = {"artifactLocation": {"uri": finding.file}}
        if finding.line and not finding.in_cell:
            place["region"] = {"startLine": finding.line}
        where: dict[str, Any] = {"physicalLocation": place}
        if finding.cell:
            name = f"cell {finding.cell}" + (f", line {finding.line}" if finding.in_cell else "")
            where["logicalLocations"] = [{"name": finding.cell, "fullyQualifiedName": name}]
        results.append({
            "ruleId": finding.rule, "level": finding.level, "message": {"text": text},
            "locations": [where],
        })  # fmt: skip
    driver = {"name": "course check", "version": version, "rules": list(rules.values())}
    return {
        "version": SARIF, "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }  # fmt: skip
