# SPDX-License-Identifier: Apache-2.0
"""ISO 8601 moments, durations and cycles: text in, exact calendar arithmetic out. Pure; nothing here reads a
clock.

Why not a library: the ones at hand turn `P1M` into a fixed number of days, accept `P` and `-PT1H` without a
word, or resolve a local time with the offset of the moment of import. A deadline that is wrong by an hour
twice a year is worse than a refused text, so every text that has two readings is refused with a sentence that
says what to write.

Opening hours and holidays live in `engine.worktime`.
"""

from engine.iso8601.cycle import Cycle, parse_cycle
from engine.iso8601.duration import LONGEST, Duration, check_length, parse_duration
from engine.iso8601.moment import format_datetime, parse_datetime, parse_zone

__all__ = [
    "LONGEST",
    "Cycle",
    "Duration",
    "check_length",
    "format_datetime",
    "parse_cycle",
    "parse_datetime",
    "parse_duration",
    "parse_zone",
]
