# SPDX-License-Identifier: Apache-2.0
"""What other tools write into BPMN files, in namespaces of their own: what of it matters, and what to write instead.

The rule: what another engine would act on is refused, because here it would do nothing. What only concerns how a
diagram looks, or how the tool found it, is passed over. Everything else is warned of: BPMN lets a tool leave out what
it does not know, unless `extension mustUnderstand="true"` stands in the file (then it is refused).
"""

from __future__ import annotations

from typing import Literal

Judgement = Literal["looks", "setting", "meaning", "unknown"]

#: How a diagram looks, who made it, where it came from.
_LOOKS = frozenset(
    {
        "http://camunda.org/schema/modeler/1.0",
        "http://bpmn.io/schema/bpmn",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/extensions/color/1.0",
        "http://www.signavio.com",
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.yaoqiang.org/bpmn",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
    }
)
#: Namespaces of engines -> what people call them.
_ENGINES = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda",
    "http://camunda.org/schema/zeebe/1.0": "Camunda",
    "http://flowable.org/bpmn": "Flowable",
    "http://flowable.org/design": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://activiti.com/modeler": "Activiti",
    "http://www.jboss.org/drools": "jBPM",
}
#: What their editors note for themselves.
_NOTES = frozenset(
    {"diagramRelationId", "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "userTask", "modelid"}
)
#: What engines are told that changes nothing of what the process does: how they store, retry and show.
_SETTINGS = frozenset(
    {
        "asyncBefore", "asyncAfter", "async", "exclusive", "jobPriority", "failedJobRetryTimeCycle", "historyTimeToLive",
        "versionTag", "isStartableInTasklist", "properties", "packageName", "version", "adHoc",
        "metaData", "stencilid", "asyncLeave",
    }
)  # fmt: skip
_CALLS = "Call a service with spiffworkflow:serviceTaskOperator, or compute the value in a script task."
_FORM = "Put the form below forms/ and name it in the property formJsonSchemaFilename."
_WHO = "The lane's role decides who is offered it; for one person set the property assignee."
_DATA = "Use bpmn:dataInputAssociation and bpmn:dataOutputAssociation, or a script task."
_LISTENER = "Draw a script task or an event where it is to happen."
_LOOP = "Write the list into loopDataInputRef and the name of the item into inputDataItem."
_DECISION = "Set spiffworkflow:calledDecisionId to the id of the decision."
_INSTEAD = {
    **dict.fromkeys(
        ("expression", "delegateExpression", "class", "type", "topic", "taskDefinition", "connector", "field",
         "resultVariable", "resultVariableName", "taskHeaders", "errorEventDefinition", "taskName"),
        _CALLS,
    ),
    **dict.fromkeys(
        ("formKey", "formRef", "formRefBinding", "formRefVersion", "formData", "formProperty", "formDefinition",
         "userTaskForm", "formFieldValidation"),
        _FORM,
    ),
    **dict.fromkeys(
        ("assignee", "candidateUsers", "candidateGroups", "assignmentDefinition", "owner", "potentialStarter"), _WHO
    ),
    **dict.fromkeys(("dueDate", "followUpDate", "priority", "taskSchedule", "priorityDefinition"),
                    "Set the properties due and priority."),
    **dict.fromkeys(("inputOutput", "ioMapping", "inputParameter", "outputParameter", "in", "out"), _DATA),
    **dict.fromkeys(("executionListener", "taskListener", "executionListeners", "taskListeners"), _LISTENER),
    **dict.fromkeys(("collection", "elementVariable", "loopCharacteristics"), _LOOP),
    **dict.fromkeys(("decisionRef", "calledDecision", "mapDecisionResult", "decisionRefBinding", "decisionRefVersion",
                     "decisionRefTenantId", "rules"), _DECISION),
    **dict.fromkeys(("script", "resource"), "Write the script into bpmn:script, in the script language."),
    **dict.fromkeys(("calledElement", "calledElementBinding", "calledElementVersion", "calledElementTenantId",
                     "variableMappingClass", "caseRef"), "Name the process in the attribute calledElement."),
    **dict.fromkeys(("candidateStarterGroups", "candidateStarterUsers"), "Set the property startable_by to roles."),
    **dict.fromkeys(("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable", "errorVariableName"),
                    "Set spiffworkflow:variableName at the event definition."),
    **dict.fromkeys(("subscription", "eventType", "eventInParameter", "eventOutParameter"),
                    "Set the property correlationKey of the message."),
    "initiator": "Write initiator() where the person who started the case is wanted.",
}  # fmt: skip


def judge(namespace: str, name: str) -> Judgement:
    """What something of another tool is: how it looks, a setting, something an engine acts on, or unknown."""
    if namespace in _LOOKS:
        return "looks"
    if namespace not in _ENGINES:
        return "unknown"
    if name in _NOTES:
        return "looks"
    return "setting" if name in _SETTINGS else "meaning"


def whose(namespace: str) -> str:
    """The engine that a namespace belongs to, for a sentence."""
    return _ENGINES.get(namespace, "another tool")


def instead(name: str) -> str:
    """What to write in its place."""
    return _INSTEAD.get(name, "Delete it, and draw what it does.")
