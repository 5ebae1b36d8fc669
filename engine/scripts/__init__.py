# SPDX-License-Identifier: Apache-2.0
"""What a diagram may compute: expressions, texts with insertions, scripts, cells of decision tables.

One language in two strengths. *Expressions* run in this process, through our own nodes (`nodes`): no attributes, no
loops, bounded sizes. *Scripts* (`script`) are checked by an allow-list, written anew from their tree and run by
Monty, another interpreter, in worker processes with limits (`sandbox`). Both see JSON values, the library (`library`)
and the `Context` of the step; neither sees a file, a clock, a network or a Python object.

Why two: an expression costs microseconds and is evaluated at every gateway; a loop needs a process that can be
killed. Why not one of the sandboxes inside Python: attribute walks, format strings or traceback frames led out of
every one that was tried, or a single power of a number held the process. If Monty is missing, scripts are refused;
there is no fall-back to Python.
"""

from engine.scripts.context import Context, WorkingCalendar
from engine.scripts.expressions import Expression, compile_expression
from engine.scripts.sandbox import ScriptRunner
from engine.scripts.script import Script, compile_script
from engine.scripts.templates import Template, compile_template, template

__all__ = [
    "Context",
    "Expression",
    "Script",
    "ScriptRunner",
    "Template",
    "WorkingCalendar",
    "compile_expression",
    "compile_script",
    "compile_template",
    "template",
]
