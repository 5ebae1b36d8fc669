# SPDX-License-Identifier: Apache-2.0
"""The rules, by what they look at."""

from engine.bpmn.style.rule import Rule
from engine.bpmn.style.rules.labels import label_on_line, label_on_shape
from engine.bpmn.style.rules.lines import flow_crossing, flow_through_shape
from engine.bpmn.style.rules.names import flow_answer, gateway_question, id_naming, task_name
from engine.bpmn.style.rules.path import main_path
from engine.bpmn.style.rules.shapes import level_size, level_too_large, shape_overlap

RULES: tuple[Rule, ...] = (
    level_size,
    level_too_large,
    task_name,
    gateway_question,
    flow_answer,
    id_naming,
    shape_overlap,
    flow_crossing,
    flow_through_shape,
    label_on_line,
    label_on_shape,
    main_path,
)
