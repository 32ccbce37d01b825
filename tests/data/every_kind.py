"""A lesson with a question of every kind, and what a learner may answer to each."""

from pathlib import Path

import nbformat
from course.questions import sheet
from course.questions.text import parse

TEXTS = r"""
%%quiz single
Which mean is $\bar{x} = \frac{1}{n}\sum_{i=1}^{n} x_i$ of this column?

```python
ages = [18, 20, 22]
```
- [ ] 18 -- that is the smallest, `min(ages)`
- [x] 20 -- the sum is 60, and $\frac{60}{3} = 20$
- [ ] 22 -- that is the largest
hint: what is $\sum x_i$?
hint: divide it by how many there are
===
%%quiz multiple credit=each
Which of these leave **out** missing values?
- [x] `mean()`
- [x] `count()`
- [ ] `size()` -- it counts rows, missing or not
===
%%quiz number kind=number tries=3
Twelve boxes weigh 2.5 kg each. How heavy are all of them?
= 30
! 14.5 -- multiply, don't add
unit: kg
===
%%quiz text kind=text
Which method fills the place of missing values?
= fillna
= /\.?fillna(\(\))?/
! dropna -- it takes the rows out
===
%%quiz predict kind=predict
What does this print?

```python
for n in range(3):
    print(n * n)
```

```output
0
1
4
```
===
%%quiz words kind=words points=3
What would you do with a row whose age is 212, and why?
least: 5
most: 60
hint: nobody is that old
===
%%quiz ordering
Put the steps of an analysis in order.
1. Read the file
2. Look at its first rows
3. Clean what is wrong
4. Plot the result
===
%%quiz matching
What does each of these do?
- `dropna()` => removes rows with missing values
- `fillna(0)` => puts zeros in their place
- `isna()` => tells where values are missing
===
%%quiz blanks kind=blanks
Complete the line, so that it gives the mean fare of each city.

```python
fares.[[groupby]]("city")["fare"].[[(x) mean ( ) count ( ) size]]()
```
===
%%quiz parsons kind=parsons
Build a function that returns the largest of some numbers.

```lines
def largest(numbers):
    best = numbers[0]
    for n in numbers:
        if n > best:
            best = n
    return best
```
===
%%quiz rating kind=rating
How sure are you about missing values now?
scale: 1..5
low: not at all
high: very
===
%%quiz poll kind=poll choose=many
What would you like to see next?
- [ ] plots
- [ ] time series
- [ ] machine learning
===
%%quiz safety mode=must-correct
May the column `name` leave the house?
- [ ] Yes -- it says who somebody is
- [x] No
- [ ] On Fridays -- a weekday makes no name anonymous
delay: 2 seconds
"""

ITEMS = {item.id: item for item in map(parse, TEXTS.strip("\n").split("\n===\n"))}


def write(folder: Path) -> None:
    """Write the lesson: its notebook, and its sheet beside it."""
    folder.mkdir(parents=True)
    (folder / sheet.NAME).write_text(sheet.build("every-kind", ITEMS.values(), "", {}))
    new = nbformat.v4.new_code_cell
    cells = [new("import course"), *(new(f'course.quiz("{name}")') for name in ITEMS)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    node = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(node, folder / "every-kind.ipynb")
