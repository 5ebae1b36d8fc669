# SPDX-License-Identifier: Apache-2.0
"""How much of the standard the content runs: `catalogue` is the standard as data, `report` what is there of it.

Pure: a content folder that was read (`engine.take_inventory`) and the catalogue come in, a `Report` goes out. No printing,
no database.
"""

from webapp.coverage.catalogue import Catalogue, read_catalogue
from webapp.coverage.report import Gap, ProcessCoverage, Report, report_on

__all__ = ["Catalogue", "Gap", "ProcessCoverage", "Report", "read_catalogue", "report_on"]
