# SPDX-License-Identifier: Apache-2.0
"""The façade in parts, one per noun; `engine.engine.Engine` is all of them together. No rule lives here.

A command runs in ``Core._command``: look up the idempotency key, do it, keep the answer, commit; then deliver the
messages it threw and wake the alarm for the timers it armed. Nothing else in the engine commits.
"""
