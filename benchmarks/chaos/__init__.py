# SPDX-License-Identifier: Apache-2.0
"""Exact under failure: everything is killed, cut and restarted while people work; afterwards everything is counted.

``python -m benchmarks.chaos --database sqlite|postgresql --kills N --seed S --json``

Clients start cases, complete tasks and send messages, each command with an Idempotency-Key, and repeat what was not
answered. Meanwhile nodes die by SIGKILL, the database is restarted, its connections are cut, transactions run into
deadlocks and serialization failures, and the service that cases call fails or answers too late. Then everything is
left in peace until all cases have ended, and `check` counts what must be exact.
"""
