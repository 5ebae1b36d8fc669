# SPDX-License-Identifier: Apache-2.0
"""Recorded cases that every later version must still reproduce.

``<name>.json`` holds the cases of one story: definitions, events and what each case looked like in the end; file contents
lie once in ``content/`` by their SHA-256. A recording is never changed: if a change of the engine makes one part, cases
that people have would part as well. ``python -m tests.replay.record NAME …`` records stories anew (before a release that
nobody has run yet) or for the first time.
"""
