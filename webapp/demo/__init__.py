# SPDX-License-Identifier: Apache-2.0
"""The sample organisation: a university's computing centre, with two weeks of incidents and changes behind it, or
a year of all processes (`webapp.demo.year`).

Nothing is written past the engine: people are added, records written and cases played through its commands, on a
virtual clock, so that the sample can be replayed and verified like any real record. People, registers and stories are
data (`*.json`); what somebody would enter in which task stands in `answers`.
"""

from webapp.demo.build import Report, build
from webapp.demo.people import SAMPLE_PASSWORD, SamplePerson, sample_people
from webapp.demo.year import build_year

__all__ = ["SAMPLE_PASSWORD", "Report", "SamplePerson", "build", "build_year", "sample_people"]
