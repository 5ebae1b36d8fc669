# SPDX-License-Identifier: Apache-2.0
"""What a diagram should look like, so that people read it in two minutes: beside `check`, which says what can run.

    findings = check_style(data, name)

`picture` reads what is drawn where, `geometry` says what touches what, `rules` holds the rules, each a function with the
sentence it enforces as docstring. A diagram that breaks them runs all the same.
"""

from engine.bpmn.style.checker import check_style
from engine.bpmn.style.rules import RULES

__all__ = ["RULES", "check_style"]
