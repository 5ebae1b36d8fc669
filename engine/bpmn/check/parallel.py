# SPDX-License-Identifier: Apache-2.0
"""Which elements of a diagram can be under way at the same time, as far as the drawing shows.

Two elements are when their ways part at a fork and have not come together again: one is reached on one way out only,
the other on another only. A fork is a parallel or inclusive gateway, an activity or event with several ways out, a
non-interrupting boundary event. An event subprocess that interrupts nothing runs beside everything around it, and each
turn of a parallel multi-instance activity beside the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, is_event_subprocess, kind, scope_of

_NO_FORKS = frozenset({"exclusiveGateway", "eventBasedGateway", "complexGateway"})


class Parallel:
    """Answers for one diagram; what was found out is kept."""

    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram
        self._branches: dict[Node, list[list[set[Node]]]] = {}

    def together(self, one: Node, other: Node) -> bool:
        """Whether both can be under way at once; for one element: whether it can be so twice."""
        if one is other:
            return any(_is_parallel_loop(each) for each in (one, *one.iterancestors()))
        here, there = self._side_by_side(one, other)
        if here is None or there is None:
            return False
        if here is there:
            return _is_parallel_loop(here)
        if any(is_event_subprocess(each) and not _interrupts(each) for each in (here, there)):
            return True
        return any(
            (here in a and here not in b and there in b and there not in a)
            or (here in b and here not in a and there in a and there not in b)
            for ways in self._of_scope(scope_of(here))
            for number, a in enumerate(ways)
            for b in ways[number + 1 :]
        )

    def _side_by_side(self, one: Node, other: Node) -> tuple[Node | None, Node | None]:
        """The two elements around them (or they themselves) that lie in the same process or subprocess."""
        around = [one, *one.iterancestors()]
        for each in (other, *other.iterancestors()):
            match = next((each_one for each_one in around if scope_of(each_one) is scope_of(each)), None)
            if match is not None and scope_of(each) is not None:
                return match, each
        return None, None

    def _of_scope(self, scope: Node) -> list[list[set[Node]]]:
        if scope not in self._branches:
            self._branches[scope] = list(self._forks(scope))
        return self._branches[scope]

    def _forks(self, scope: Node) -> Iterator[list[set[Node]]]:
        """For each fork, what each of its ways leads to."""
        for node in self._diagram.nodes_in(scope):
            flows = self._diagram.outgoing(node)
            if len(flows) > 1 and kind(node) not in _NO_FORKS:
                yield [self._reached([self._diagram.target(flow)], node) for flow in flows]
            beside = [e for e in self._diagram.boundary_events(node) if e.get("cancelActivity") == "false"]
            if beside:
                yield [self._reached([node], None), *(self._reached([event], node) for event in beside)]

    def _reached(self, first: list[Node | None], fork: Node | None) -> set[Node]:
        found: set[Node] = set()
        waiting = [node for node in first if node is not None]
        while waiting:
            node = waiting.pop()
            if node in found or node is fork:
                continue
            found.add(node)
            waiting += [t for flow in self._diagram.outgoing(node) if (t := self._diagram.target(flow)) is not None]
            waiting += [e for e in self._diagram.boundary_events(node) if e.get("cancelActivity") != "false"]
        return found


def _is_parallel_loop(node: Node) -> bool:
    return any(loop.get("isSequential") != "true" for loop in children(node, "multiInstanceLoopCharacteristics"))


def _interrupts(subprocess: Node) -> bool:
    return all(start.get("isInterrupting") != "false" for start in children(subprocess, "startEvent"))
