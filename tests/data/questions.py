"""Every question of docs/questions.md, so that the page is held to what the code does."""

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = Path(__file__).parent / "question-plugin"
PAGE = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")


def documented() -> dict[str, str]:
    """Return the text of each question on the page by its name."""
    blocks = (
        textwrap.dedent(block).strip("\n")
        for block in re.findall(r"(?:^    .*\n|^\n)+", PAGE, re.MULTILINE)
    )
    return {block.split()[1]: block for block in blocks if block.startswith("%%quiz")}


MORE = """%%quiz summary
Which summary resists one very large salary?
- [ ] mean -- KEYWHY pulled by every value
- [x] median -- KEYWHY half the values lie below it
- [ ] sum -- KEYWHY it only grows
hint: think of five salaries

%%quiz two points=1
Is `3 > 2`?
- [x] yes
- [ ] no -- KEYWHY look again

%%quiz primes points=2
Which are prime?
- [x] 2 -- KEYWHY the only even one
- [x] 3 -- KEYWHY yes
- [ ] 4 -- KEYWHY two times two
- [ ] 6 -- KEYWHY two times three

%%quiz primes-each points=2 credit=each
Which are prime?
- [x] 2 -- KEYWHY the only even one
- [x] 3
- [ ] 4 -- KEYWHY two times two

%%quiz one-of-many kind=multiple mode=must-correct
Choose all that hold.
- [ ] 1 > 2
- [x] 2 > 1 -- KEYWHY two is more
- [ ] 0 > 1

%%quiz varied-options mode=must-correct points=2
How many legs have {n} cats?
let n = 2..9
let legs = {n} * 4
let fewer = {n} * 2
- [x] {legs}
- [ ] {fewer} -- KEYWHY cats have four, so {n} cats have {legs}

%%quiz range points=1
How many metres are {km} km?
let km = 1.5..3.5
= {km} * 1000 - 5..{km} * 1000 + 5 -- KEYWHY
unit: m

%%quiz city points=1
What is the capital of {land}?
let land = Norway, Sweden
= capital -- KEYWHY
= /(the )?capital/ -- KEYWHY

%%quiz steps
Put in order.
1. one -- KEYWHY
2. two
3. three

%%quiz kinds-of points=2
Which is what?
- 1 => int -- KEYWHY
- 1.5 => float
- 2 => int

%%quiz code-blanks points=2
Complete it.
```python
for [[(x) number ( ) numbers]] in [[numbers]]:
    print([[number|( number )]])
```
! list -- KEYWHY

%%quiz imports points=2
Put in order.
```lines
import os
import sys
print(os.name)
print(os.name)
```
```wrong
print(os) -- KEYWHY
```
any-order: 1-2

%%quiz printed points=2 credit=each
What does it print?
```python
print({n}); print({n})
```
let n = 3..8
```output
{n}
{n}
```
```wrong -- KEYWHY
{n} {n}
```

%%quiz own kind=words points=2
Why?
```model
KEYWHY because
```

%%quiz plugged kind=even points=1 least=2
Type an even number.
"""
SOURCES = documented() | {
    text.split()[1]: text for text in re.split(r"\n\n(?=%%quiz)", MORE.strip())
}
